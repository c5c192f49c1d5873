import type { Incident } from '#shared/model/index.ts';
import { saysError, statedLevel } from '../detect/level.ts';
import { isCatchAll } from '../rates/index.ts';

/** Event time is compared by the minute everywhere in rates. */
const nearMs = 60_000;

/**
 * One failure writes several lines, and the rules for levels take those that no other rule knows. Where what a rule found is known as
 * good, so are lines beside it that say of themselves that they are no error, as `WARN … Bad response ERROR`.
 *
 * Narrow, for a new failure may begin beside a harmless one: both have to begin and end within the same minutes, each line has to be at
 * hand and to state a level below error; and nothing critical or pinned is excused so.
 */
export function withNeighbours(incidents: readonly Incident[]): readonly Incident[] {
  const good = Map.groupBy(
    incidents.filter(
      (incident) => incident.knownGood === true && !isCatchAll(incident.rule) && isShort(incident),
    ),
    ({ service }) => service,
  );
  if (good.size === 0) return incidents;
  return incidents.map((incident) => {
    if (!isExcusable(incident)) return incident;
    const from = Date.parse(incident.firstSeen) - nearMs;
    const to = Date.parse(incident.lastSeen) + nearMs;
    const isSame = good
      .get(incident.service)
      ?.some(({ firstSeen, lastSeen }) => Date.parse(firstSeen) <= to && Date.parse(lastSeen) >= from);
    return isSame === true ? { ...incident, knownGood: true } : incident;
  });
}

/** What goes on for longer has lines beside it by chance. */
function isShort({ firstSeen, lastSeen }: Incident): boolean {
  return Date.parse(lastSeen) - Date.parse(firstSeen) <= nearMs;
}

function isExcusable(incident: Incident): boolean {
  const { rule, pinned, severity, count, exemplars } = incident;
  return (
    isCatchAll(rule) &&
    !pinned &&
    severity !== 'critical' &&
    isShort(incident) &&
    count <= exemplars.length &&
    exemplars.every(({ text }) => statedLevel(text) !== undefined && !saysError(text))
  );
}
