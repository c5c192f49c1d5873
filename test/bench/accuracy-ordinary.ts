import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleSet } from '#services/analyzer/detect/index.ts';
import type { Severity } from '#shared/model/index.ts';
import { findingsIn } from './accuracy-detection.ts';

export interface OrdinaryFigures {
  readonly log: string;
  readonly lines: number;
  readonly incidents: readonly {
    readonly severity: Severity;
    readonly count: number;
    readonly rule: string;
    readonly exemplar: string;
  }[];
  /** Incidents for every 300 lines: 1 is the most that is wanted. */
  readonly per300Lines: number;
  readonly criticals: number;
}

/** Logs without labels, of machines that worked: whatever is found is listed, for a person to judge. */
export const ordinaryLogs = ['Apache', 'Linux', 'Zookeeper', 'OpenStack'] as const;

/** @param folder holds `<log>.log` */
export async function measureOrdinary(folder: string, log: string, rules: RuleSet): Promise<OrdinaryFigures> {
  const file = join(folder, `${log}.log`);
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '').length;
  const findings = await findingsIn([file], rules);
  return {
    log,
    lines,
    incidents: findings.map(({ severity, count, rule, exemplars }) => ({
      severity,
      count,
      rule,
      exemplar: exemplars[0]?.text.split('\n', 1)[0] ?? '',
    })),
    per300Lines: findings.length / (lines / 300),
    criticals: findings.filter(({ severity }) => severity === 'critical').length,
  };
}
