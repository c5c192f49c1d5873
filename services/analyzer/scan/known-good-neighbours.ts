import type { Incident } from '#shared/model/index.ts';
import { isCatchAll } from '../rates/index.ts';

/** Event time is compared by the minute everywhere in rates. */
const nearMs = 60_000;

/**
 * One failure writes several lines, and the rules for levels take those that no other rule knows. Where what a rule found is known as
 * good, so is what levels alone say of the same service within the same minute: it is the same event. Nothing critical is excused so.
 */
export function withNeighbours(incidents: readonly Incident[]): readonly Incident[] {
  const good = Map.groupBy(
    incidents.filter((incident) => incident.knownGood === true && !isCatchAll(incident.rule)),
    ({ service }) => service,
  );
  if (good.size === 0) return incidents;
  return incidents.map((incident) => {
    if (!isCatchAll(incident.rule) || incident.pinned || incident.severity === 'critical') return incident;
    const from = Date.parse(incident.firstSeen) - nearMs;
    const to = Date.parse(incident.lastSeen) + nearMs;
    const isSame = good
      .get(incident.service)
      ?.some(({ firstSeen, lastSeen }) => Date.parse(firstSeen) <= to && Date.parse(lastSeen) >= from);
    return isSame === true ? { ...incident, knownGood: true } : incident;
  });
}
