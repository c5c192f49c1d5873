import type { BacktestReport, IncidentChange, RuleChange, Seen } from '#services/analyzer/backtest/index.ts';
import { counted } from './counted.ts';
import { colourSeverities } from './severity-colour.ts';
import { table } from './table.ts';

/** Rows that a person may read; `--format json` has all of them. */
const maxRows = 100;
const defaultColumns = 200;

/** The report for a person: what was read, the sums, the rules that differ, the incidents that differ. */
export function backtestTables(
  report: BacktestReport,
  { isTerminal, columns = defaultColumns }: { isTerminal: boolean; columns?: number | undefined },
): string {
  const parts = [headline(report)];
  const differing = report.rules.filter(isDifferent);
  const rules = report.packs.length === 0 ? report.rules : differing;
  if (rules.length > 0) parts.push(ruleTable(rules.slice(0, maxRows)), rest(rules.length));
  const changes = report.incidents.filter(({ change }) => change !== 'same');
  if (changes.length > 0)
    parts.push(
      colourSeverities(incidentTable(changes.slice(0, maxRows), columns), isTerminal),
      rest(changes.length),
    );
  if (report.left > 0)
    parts.push(
      `There are more than ${report.left} further kinds of failure than can be compared; choose less time, a type or a service.\n`,
    );
  return parts.filter((part) => part !== '').join('\n');
}

function headline({ lines, firstLine, lastLine, complete, from, to, packs, sums }: BacktestReport): string {
  const span = `between ${from} and ${to}`;
  if (lines === 0) return `No stored lines ${span}.\n`;
  const read = `${lines} stored lines, ${firstLine} to ${lastLine}`;
  const end = complete ? '' : ' (stopped at --limit-lines)';
  const what =
    packs.length === 0
      ? `No changed pack was named (--rules); the present rules find ${counted(sums.same, 'kind')} of failure.`
      : `With ${packs.join(', ')} changed: ${sums.new} new, ${sums.gone} gone, ${sums.changed} changed, ${sums.same} the same.`;
  return `${read}${end}.\n${what}\n`;
}

function ruleTable(rules: readonly RuleChange[]): string {
  const pair = (a: number, b: number): string => (a === b ? String(a) : `${a} → ${b}`);
  return table(
    ['RULE', 'INCIDENTS', 'LINES'],
    rules.map(({ rule, present, changed }) => [
      rule,
      pair(present.incidents, changed.incidents),
      pair(present.lines, changed.lines),
    ]),
  );
}

function isDifferent({ present, changed }: RuleChange): boolean {
  return present.incidents !== changed.incidents || present.lines !== changed.lines;
}

function incidentTable(incidents: readonly IncidentChange[], columns: number): string {
  const head = ['SEVERITY', 'CHANGE', 'INCIDENTS', 'LINES', 'SERVICE', 'RULE', 'LAST SEEN'];
  const rows = incidents.map((incident) => [
    both(incident, ({ severity }) => severity),
    incident.change,
    both(incident, (seen) => String(seen.incidents)),
    both(incident, (seen) => String(seen.count)),
    incident.service,
    incident.otherRule === undefined
      ? incident.rule
      : incident.change === 'new'
        ? `${incident.rule} (was ${incident.otherRule})`
        : `${incident.rule} (now ${incident.otherRule})`,
    (incident.changed ?? incident.present)?.lastSeen ?? '',
  ]);
  const width = Math.max(
    ...table(head, rows)
      .split('\n')
      .map((line) => line.length),
  );
  const room = Math.max(40, columns - width - 2);
  return table(
    [...head, 'EVIDENCE'],
    rows.map((row, index) => [...row, evidence(incidents[index], room)]),
  );
}

/** What it is under the changed rules; behind what it was, where that differs. */
function both({ present, changed }: IncidentChange, of: (seen: Seen) => string): string {
  const was = present && of(present);
  const is = changed && of(changed);
  if (was === undefined || is === undefined || was === is) return is ?? was ?? '';
  return `${was} → ${is}`;
}

function evidence(incident: IncidentChange | undefined, room: number): string {
  const line = incident?.exemplar.text.split('\n', 1)[0] ?? '';
  return line.length <= room ? line : `${line.slice(0, room - 1).toWellFormed()}…`;
}

function rest(count: number): string {
  return count > maxRows ? `and ${count - maxRows} more; --format json lists all of them\n` : '';
}
