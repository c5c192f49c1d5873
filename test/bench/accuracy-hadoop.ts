import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RuleSet } from '#services/analyzer/detect/index.ts';
import type { History } from '#services/analyzer/rates/index.ts';
import { isAtLeast } from '#shared/model/index.ts';
import type { Alert } from './accuracy-alerts.ts';
import { alarmSeverity, findingsIn, learned } from './accuracy-detection.ts';
import {
  type ApplicationScore,
  applicationScore,
  type JudgedApplication,
  normalLabel,
} from './accuracy-scores.ts';

export interface HadoopFigures {
  /** By rules alone. */
  readonly rulesOnly: JudgedApplications;
  /** With what was learned from the Normal applications; for each of those, from the others. */
  readonly withHistory: JudgedApplications;
}

export interface JudgedApplications extends ApplicationScore {
  readonly applications: readonly JudgedApplication[];
  /** What would be told, an application after the other. */
  readonly alerts: readonly Alert[];
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
 * Hadoop, an application at a time: abnormal where its logs have a finding of warning or worse.
 *
 * @param folder holds `hadoop.tar.gz` and `hadoop-labels.csv`; the logs are unpacked into a temporary folder
 */
export async function measureHadoop(folder: string, rules: RuleSet): Promise<HadoopFigures> {
  return withHadoop(folder, async (applications) => {
    const normal = applications.filter(({ label }) => label === normalLabel);
    const learnedFrom = (each: readonly HadoopApplication[]) =>
      learned(
        each.flatMap(({ files }) => files),
        rules,
      );
    const whole = await learnedFrom(normal);
    const judged = async (historyFor: (one: HadoopApplication) => Promise<History | undefined>) => {
      const all: JudgedApplication[] = [];
      const alerts: Alert[] = [];
      for (const one of applications) {
        const findings = await findingsIn(one.files, rules, await historyFor(one));
        const alarms = findings.filter(({ severity }) => isAtLeast(severity, alarmSeverity));
        for (const { template, ...finding } of alarms)
          alerts.push({
            finding: { ...finding, template: template?.id },
            isRight: one.label !== normalLabel,
            set: 'Hadoop',
          });
        all.push({
          application: one.application,
          label: one.label,
          rules: [...new Set(alarms.map(({ rule }) => rule))],
        });
      }
      return { ...applicationScore(all), applications: all, alerts };
    };
    return {
      rulesOnly: await judged(async () => undefined),
      withHistory: await judged(async (one) =>
        normal.includes(one) ? learnedFrom(normal.filter((other) => other !== one)) : whole,
      ),
    };
  });
}

export interface HadoopApplication {
  readonly application: string;
  readonly label: string;
  readonly files: readonly string[];
}

/** Gives the applications, in the order in which they ran, unpacked for as long as they are used. */
export async function withHadoop<T>(
  folder: string,
  use: (applications: readonly HadoopApplication[]) => Promise<T>,
): Promise<T> {
  const labels = readLabels(await readFile(join(folder, 'hadoop-labels.csv'), 'utf8'));
  const unpacked = await mkdtemp(join(tmpdir(), 'logpatrol-accuracy-'));
  try {
    await promisify(execFile)('tar', ['-xzf', join(folder, 'hadoop.tar.gz'), '-C', unpacked]);
    const applications: HadoopApplication[] = [];
    for (const { application, label } of labels) {
      const own = join(unpacked, 'hadoop', application);
      const files = (await readdir(own)).sort().map((name) => join(own, name));
      applications.push({ application, label, files });
    }
    return await use(applications);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}
