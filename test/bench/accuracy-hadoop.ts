import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RuleSet } from '#services/analyzer/detect/index.ts';
import { isAtLeast } from '#shared/model/index.ts';
import { alarmSeverity, findingsIn } from './accuracy-detection.ts';
import { type ApplicationScore, applicationScore, type JudgedApplication } from './accuracy-scores.ts';

export interface HadoopFigures extends ApplicationScore {
  readonly applications: readonly JudgedApplication[];
}

/** `application,program,label`, with a head line. */
export function readLabels(csv: string): { readonly application: string; readonly label: string }[] {
  const [, ...rows] = csv.split(/\r?\n/).filter((line) => line !== '');
  return rows.map((row) => {
    const [application, , label] = row.split(',');
    if (application === undefined || label === undefined) throw new Error(`no label in the row "${row}"`);
    return { application, label };
  });
}

/**
 * Hadoop, an application at a time: abnormal where its logs have a finding of warning or worse. By rules alone.
 *
 * @param folder holds `hadoop.tar.gz` and `hadoop-labels.csv`; the logs are unpacked into a temporary folder
 */
export async function measureHadoop(folder: string, rules: RuleSet): Promise<HadoopFigures> {
  const labels = readLabels(await readFile(join(folder, 'hadoop-labels.csv'), 'utf8'));
  const unpacked = await mkdtemp(join(tmpdir(), 'logpatrol-accuracy-'));
  try {
    await promisify(execFile)('tar', ['-xzf', join(folder, 'hadoop.tar.gz'), '-C', unpacked]);
    const applications: JudgedApplication[] = [];
    for (const { application, label } of labels) {
      const own = join(unpacked, 'hadoop', application);
      const files = (await readdir(own)).sort().map((name) => join(own, name));
      const findings = await findingsIn(files, rules);
      const alarms = findings.filter(({ severity }) => isAtLeast(severity, alarmSeverity));
      applications.push({ application, label, rules: [...new Set(alarms.map(({ rule }) => rule))] });
    }
    return { ...applicationScore(applications), applications };
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}
