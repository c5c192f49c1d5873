import { type Difference, type EvalReport, rateOf, type Share } from '#services/analyzer/eval/index.ts';
import { printable } from '#shared/text/printable.ts';
import { table } from './table.ts';

/** A model's report for a person: the sums, each tag, and what failed with what was said. */
export function evalTables(report: EvalReport): string {
  const rows = report.tags.map(({ tag, ...share }) => [tag, shareText(share), percent(share)]);
  return [headline(report), table(['TAG', 'PASSED', 'RATE'], rows), failures(report)]
    .filter((part) => part !== '')
    .join('\n');
}

/** Two models side by side: the sums, each tag, the scenarios that they did not do equally well; then what the first failed. */
export function comparisonTables(
  one: EvalReport,
  other: EvalReport,
  differing: readonly Difference[],
): string {
  const ofOther = new Map(other.tags.map(({ tag, ...share }) => [tag, share]));
  const names = [one.model, other.model];
  const sides = (a: Share, b: Share | undefined) => [
    `${shareText(a)}  ${percent(a)}`,
    b === undefined ? '' : `${shareText(b)}  ${percent(b)}`,
    b === undefined ? '' : points(a, b),
  ];
  const parts = [
    [headline(one), headline(other)].join(''),
    table(
      ['TAG', ...names, ''],
      [
        ...one.tags.map(({ tag, ...share }) => [tag, ...sides(share, ofOther.get(tag))]),
        ['all', ...sides(one.all, other.all)],
      ],
    ),
    differing.length === 0
      ? 'Both do every scenario equally well.\n'
      : table(
          ['SCENARIO', ...names],
          differing.map((each) => [each.scenario, shareText(each.one), shareText(each.other)]),
        ),
    failures(one),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function headline({ model, all, time, tokens }: EvalReport): string {
  return `${printable(model)}: ${shareText(all)} passed (${percent(all)}); median ${seconds(time.medianMs)}, p95 ${seconds(time.p95Ms)}; ${tokens.prompt} tokens in, ${tokens.output} out (median ${tokens.medianPrompt} and ${tokens.medianOutput})\n`;
}

function failures({ results }: EvalReport): string {
  return results
    .filter(({ passed }) => !passed)
    .map(({ scenario, run, failures: wrong, said }) => {
      const lines = wrong.map(({ check, message }) => `  ${check}: ${message}`);
      const words =
        said === undefined
          ? []
          : [
              `  said: ${said.verdict}, ${said.severity}, ${Math.round(said.confidence * 100)}%: ${said.summary}`,
              `        ${said.cause}`,
            ];
      const name = run === 1 ? scenario : `${scenario}, run ${run}`;
      return `${[`FAILED ${name}`, ...lines, ...words].map(printable).join('\n')}\n`;
    })
    .join('\n');
}

function shareText({ runs, passed }: Share): string {
  return `${passed} of ${runs}`;
}

function percent(share: Share): string {
  return `${Math.round(rateOf(share) * 100)}%`;
}

function points(a: Share, b: Share): string {
  const difference = Math.round((rateOf(a) - rateOf(b)) * 100);
  return difference === 0 ? '' : `${difference > 0 ? '+' : ''}${difference}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
