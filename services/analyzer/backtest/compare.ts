import { compareSeverity } from '#shared/model/index.ts';
import type { Kind, Ledger } from './ledger.ts';
import type { BacktestReport, IncidentChange, RuleChange, RuleSum, Seen } from './report.ts';

const order: readonly IncidentChange['change'][] = ['new', 'gone', 'changed', 'same'];
const nothing: RuleSum = { lines: 0, incidents: 0 };

/** What differs between the present rules and the changed ones over the same lines. */
export function compareLedgers(
  present: Ledger,
  changed: Ledger,
): Pick<BacktestReport, 'sums' | 'left' | 'rules' | 'incidents'> {
  const before = present.kinds();
  const after = changed.kinds();
  // What is not on the other side speaks for lines that another rule may speak for there.
  const goneLines = ruleByLine([...before].filter(([key]) => !after.has(key)).map(([, kind]) => kind));
  const newLines = ruleByLine([...after].filter(([key]) => !before.has(key)).map(([, kind]) => kind));

  const incidents: IncidentChange[] = [];
  for (const key of new Set([...after.keys(), ...before.keys()])) {
    const was = before.get(key);
    const is = after.get(key);
    const kind = is ?? was;
    if (kind === undefined) continue;
    const other = was === undefined ? goneLines : is === undefined ? newLines : undefined;
    const otherRule = other && kind.lineIds.map((id) => other.get(id)).find((rule) => rule !== undefined);
    incidents.push({
      change: was === undefined ? 'new' : is === undefined ? 'gone' : isSame(was, is) ? 'same' : 'changed',
      domain: kind.domain,
      fingerprint: kind.fingerprint,
      rule: kind.rule,
      title: kind.title,
      service: kind.service,
      type: kind.type,
      ...(was && { present: seen(was) }),
      ...(is && { changed: seen(is) }),
      ...(otherRule !== undefined && { otherRule }),
      exemplar: kind.exemplar,
    });
  }
  incidents.sort(
    (a, b) =>
      order.indexOf(a.change) - order.indexOf(b.change) ||
      compareSeverity(newest(b).severity, newest(a).severity) ||
      newest(b).count - newest(a).count ||
      (sortKey(a) < sortKey(b) ? -1 : 1),
  );
  const sums = { new: 0, gone: 0, changed: 0, same: 0 };
  for (const { change } of incidents) sums[change] += 1;
  return { sums, left: present.left + changed.left, rules: ruleChanges(present, changed), incidents };
}

function sortKey({ rule, service, fingerprint }: IncidentChange): string {
  return JSON.stringify([rule, service, fingerprint]);
}

/** What the changed rules make of it; of what is gone, what the present ones make of it. */
function newest(incident: IncidentChange): Seen {
  const found = incident.changed ?? incident.present;
  if (found === undefined) throw new Error('a change on neither side');
  return found;
}

function isSame(a: Kind, b: Kind): boolean {
  return a.severity === b.severity && a.incidents === b.incidents && a.count === b.count && a.rule === b.rule;
}

function seen({ severity, incidents, count, hostCount, firstSeen, lastSeen }: Kind): Seen {
  return { severity, incidents, count, hostCount, firstSeen, lastSeen };
}

function ruleByLine(kinds: readonly Kind[]): Map<string, string> {
  return new Map(kinds.flatMap(({ lineIds, rule }) => lineIds.map((id) => [id, rule] as const)));
}

function ruleChanges(present: Ledger, changed: Ledger): RuleChange[] {
  const before = present.rules();
  const after = changed.rules();
  const distance = ({ present: a, changed: b }: RuleChange): number =>
    Math.abs(a.incidents - b.incidents) + Math.abs(a.lines - b.lines);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((rule) => ({ rule, present: before.get(rule) ?? nothing, changed: after.get(rule) ?? nothing }))
    .sort(
      (a, b) => distance(b) - distance(a) || b.changed.lines - a.changed.lines || (a.rule < b.rule ? -1 : 1),
    );
}
