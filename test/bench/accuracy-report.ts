import { table } from '#cli/table.ts';
import type { BglFigures } from './accuracy-bgl.ts';
import type { HadoopFigures } from './accuracy-hadoop.ts';
import type { OrdinaryFigures } from './accuracy-ordinary.ts';

export interface AccuracyFigures {
  readonly bgl: BglFigures;
  readonly ordinary: readonly OrdinaryFigures[];
  readonly hadoop: HadoopFigures;
}

const share = (value: number): string => value.toFixed(3);
const maxExemplar = 100;

/** The figures as a page for people. */
export function accuracyReport({ bgl, ordinary, hadoop }: AccuracyFigures): string {
  return [bglReport(bgl), ...ordinary.map(ordinaryReport), hadoopReport(hadoop)].join('\n');
}

function bglReport({ lines, alerts, ownPacks, allPacks }: BglFigures): string {
  const runs = [
    ['hpc + hardware', ownPacks],
    ['all packs', allPacks],
  ] as const;
  const missed = runs.flatMap(([packs, { labels }]) =>
    labels.map((row) => [packs, row.label, String(row.lines), String(row.missed)]),
  );
  const falseAlarms = runs.flatMap(([packs, score]) =>
    score.falseAlarms.map((row) => [packs, row.rule, String(row.lines), `line ${row.first}`]),
  );
  return [
    `BGL: ${lines} lines, ${alerts} of them alerts; warnings and above against the labels`,
    table(
      ['PACKS', 'PRECISION', 'RECALL', 'F1', 'FOUND', 'MISSED', 'FALSE'],
      runs.map(([packs, score]) => [
        packs,
        share(score.precision),
        share(score.recall),
        share(score.f1),
        String(score.truePositives),
        String(score.falseNegatives),
        String(score.falsePositives),
      ]),
    ),
    table(['PACKS', 'LABEL', 'LINES', 'MISSED'], missed),
    falseAlarms.length === 0
      ? 'no false alarms\n'
      : table(['PACKS', 'FALSE ALARMS OF', 'LINES', 'FIRST'], falseAlarms),
  ].join('\n');
}

function ordinaryReport({ log, lines, incidents, per300Lines, criticals }: OrdinaryFigures): string {
  const summary = `${log}: ${lines} lines, ${incidents.length} incidents (${per300Lines.toFixed(2)} for every 300 lines), ${criticals} critical\n`;
  if (incidents.length === 0) return summary;
  return `${summary}${table(
    ['SEVERITY', 'COUNT', 'RULE', 'EXEMPLAR'],
    incidents.map((each) => [
      each.severity,
      String(each.count),
      each.rule,
      each.exemplar.slice(0, maxExemplar).toWellFormed(),
    ]),
  )}`;
}

function hadoopReport({ applications, balancedAccuracy, confusion, causes, silent }: HadoopFigures): string {
  return [
    `Hadoop: ${applications.length} applications, by rules alone, without a learned history; balanced accuracy ${share(balancedAccuracy)}`,
    table(
      ['LABEL', 'JUDGED ABNORMAL', 'JUDGED NORMAL'],
      confusion.map((row) => [row.label, String(row.abnormal), String(row.normal)]),
    ),
    table(
      ['LABEL', 'RULE', 'APPLICATIONS'],
      causes.flatMap(({ label, rules }) =>
        rules.map(({ rule, applications: count }) => [label, rule, String(count)]),
      ),
    ),
    silent.length === 0
      ? 'no failure without a trace\n'
      : `no rule spoke in: ${silent.map(({ application, label }) => `${application} (${label})`).join(', ')}\n`,
  ].join('\n');
}
