import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuleSet } from '#services/analyzer/detect/index.ts';
import type { Alert } from './accuracy-alerts.ts';
import { alarmsIn } from './accuracy-detection.ts';
import { type LineLabel, type LineScore, lineScore } from './accuracy-scores.ts';
import { alertsOf } from './accuracy-stream.ts';

export interface BglFigures {
  readonly lines: number;
  readonly alerts: number;
  /** With the packs hpc and hardware only, as the route of such a machine would have it. */
  readonly ownPacks: LineScore;
  /** With every shipped pack, generic levels among them. */
  readonly allPacks: LineScore;
  /** What would be told with all packs, in the order of the lines. */
  readonly told: readonly Alert[];
}

const ownPacks = ['hpc', 'hardware'];

/**
 * Labels and texts of a LogHub BGL log. The label is the first word of the line (`-`: no alert), put there by those who made the
 * set; it is no part of the log and never shown to the rules.
 */
export function splitLabels(log: string): { readonly labels: readonly LineLabel[]; readonly text: string } {
  const labels: LineLabel[] = [];
  const texts: string[] = [];
  for (const line of log.split(/\r?\n/)) {
    const end = line.indexOf(' ');
    if (end === -1) continue;
    const label = line.slice(0, end);
    labels.push({ label: label === '-' ? undefined : label });
    texts.push(`${line.slice(end + 1)}\n`);
  }
  return { labels, text: texts.join('') };
}

/** BGL, line by line, against the labels of the machine's own administrators. */
export async function measureBgl(file: string, rules: RuleSet): Promise<BglFigures> {
  const { labels, text } = splitLabels(await readFile(file, 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-accuracy-'));
  try {
    const unlabelled = join(folder, 'bgl.log');
    await writeFile(unlabelled, text);
    return {
      lines: labels.length,
      alerts: labels.filter(({ label }) => label !== undefined).length,
      ownPacks: lineScore(labels, await alarmsIn(unlabelled, rules, ownPacks)),
      allPacks: lineScore(labels, await alarmsIn(unlabelled, rules)),
      told: alertsOf(text, labels, rules, 'BGL'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
