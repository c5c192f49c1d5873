import { table } from '#cli/table.ts';
import type { AlertFigures } from './accuracy-alerts.ts';
import type { BglFigures } from './accuracy-bgl.ts';
import type { HadoopFigures } from './accuracy-hadoop.ts';
import type { OrdinaryFigures } from './accuracy-ordinary.ts';

export interface AccuracyFigures {
  readonly bgl: BglFigures;
  readonly ordinary: readonly OrdinaryFigures[];
  readonly hadoop: HadoopFigures;
  readonly alerts: { readonly rulesOnly: AlertFigures; readonly withHistory: AlertFigures };
}

const share = (value: number): string => value.toFixed(3);
const maxExemplar = 100;

/** The figures as a page for people. */
export function accuracyReport({ bgl, ordinary, hadoop, alerts }: AccuracyFigures): string {
  return [bglReport(bgl), ...ordinary.map(ordinaryReport), hadoopReport(hadoop), alertsReport(alerts)].join(
    '\n',
  );
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

function hadoopReport({ rulesOnly, withHistory }: HadoopFigures): string {
  const runs = [
    ['rules alone', rulesOnly],
    ['with history', withHistory],
  ] as const;
  return [
    `Hadoop: ${rulesOnly.applications.length} applications; abnormal where there is a finding of warning or above; the history is of the Normal ones, for each of them of the others`,
    table(
      ['', 'BALANCED ACCURACY', 'LABEL', 'JUDGED ABNORMAL', 'JUDGED NORMAL'],
      runs.flatMap(([name, { balancedAccuracy, confusion }]) =>
        confusion.map((row, index) => [
          index === 0 ? name : '',
          index === 0 ? share(balancedAccuracy) : '',
          row.label,
          String(row.abnormal),
          String(row.normal),
        ]),
      ),
    ),
    table(
      ['LABEL', 'RULE', 'APPLICATIONS (WITH HISTORY)', 'RULES ALONE'],
      withHistory.causes.flatMap(({ label, rules }) =>
        rules.map(({ rule, applications }) => [
          label,
          rule,
          String(applications),
          String(
            rulesOnly.causes.find((cause) => cause.label === label)?.rules.find((each) => each.rule === rule)
              ?.applications ?? 0,
          ),
        ]),
      ),
    ),
    ...runs.map(([name, { silent }]) =>
      silent.length === 0
        ? `${name}: no failure without a trace\n`
        : `${name}, no trace of: ${silent.map(({ application, label }) => `${application} (${label})`).join(', ')}\n`,
    ),
  ].join('\n');
}

/** What the installation that this is measured against reaches. */
const target = 0.987;
const plotWidth = 60;
const plotRows = 10;

function alertsReport({ rulesOnly, withHistory }: AccuracyFigures['alerts']): string {
  const runs = [
    ['rules alone', rulesOnly],
    ['with history', withHistory],
  ] as const;
  return [
    `Alerts right: what is told of BGL's lines and then of Hadoop's applications, warning and above; one click of feedback on each wrong one; target ${share(target)}`,
    table(
      ['', 'SET', 'TOLD', 'RIGHT', 'SHARE'],
      runs.flatMap(([name, { sets, told, right }]) => [
        ...sets.map((each, index) => [
          index === 0 ? name : '',
          each.set,
          String(each.told),
          String(each.right),
          share(each.right / each.told),
        ]),
        ['', 'all', String(told), String(right), share(right / told)],
      ]),
    ),
    ...runs.map(
      ([name, { clicks, muted }]) =>
        `${name}: ${clicks} clicks kept ${muted.wrong} further wrong alerts quiet, and ${muted.right} right ones`,
    ),
    '',
    table(
      ['TOLD SO FAR', 'RIGHT OF ALL SO FAR', 'RIGHT OF THE LAST TENTH'],
      tenths(withHistory).map(({ told, all, last }) => [String(told), share(all), share(last)]),
    ),
    plot(withHistory),
  ].join('\n');
}

function tenths({ curve }: AlertFigures): { told: number; all: number; last: number }[] {
  return Array.from({ length: 10 }, (_, index) => {
    const at = curve[Math.ceil(((index + 1) * curve.length) / 10) - 1];
    const before = curve[Math.ceil((index * curve.length) / 10) - 1] ?? { told: 0, right: 0 };
    if (at === undefined) return { told: 0, all: 0, last: 0 };
    return {
      told: at.told,
      all: at.right / at.told,
      last: (at.right - before.right) / Math.max(1, at.told - before.told),
    };
  });
}

/** The share of right alerts, from a half to all, over the alerts; `-` is the target. */
function plot({ curve }: AlertFigures): string {
  const rowOf = (value: number) => Math.round(Math.max(0, (value - 0.5) * 2) * plotRows);
  const rows = Array.from({ length: plotRows + 1 }, (_, row) => plotRows - row);
  const columns = Array.from({ length: plotWidth }, (_, column) => {
    const at = curve[Math.min(curve.length - 1, Math.floor(((column + 1) * curve.length) / plotWidth) - 1)];
    return at === undefined ? 0 : rowOf(at.right / at.told);
  });
  return `${rows
    .map((row) => {
      const cells = columns.map((value) => (value === row ? '*' : row === rowOf(target) ? '-' : ' '));
      return `${(0.5 + row / plotRows / 2).toFixed(2)} |${cells.join('')}`.trimEnd();
    })
    .join('\n')}\n     +${'-'.repeat(plotWidth)} ${curve.length} alerts\n`;
}
