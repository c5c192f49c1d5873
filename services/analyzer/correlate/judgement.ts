import type { Muted } from '#shared/model/index.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { Surroundings } from './surroundings.ts';

/** Looks whether people are told of an open incident, and whether it is known as good. True where something has changed. */
export function judge(
  record: IncidentRecord,
  { judge: mutedBy, isKnownGood }: Surroundings,
  now: number,
): boolean {
  if (mutedBy === undefined && isKnownGood === undefined) return false;
  const { facts } = record;
  // Nobody can silence what a rule pins.
  const muted = facts.pinned ? undefined : mutedBy?.(facts, now);
  const knownGood = isKnownGood?.(facts) ?? false;
  const isMutedAnew = !isSame(muted, record.muted);
  if (isMutedAnew) record.mute(muted);
  if (knownGood !== record.knownGood) record.knownGood = knownGood;
  else if (!isMutedAnew) return false;
  return true;
}

function isSame(a: Muted | undefined, b: Muted | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.control === b.control &&
    a.kind === b.kind &&
    a.by === b.by &&
    a.note === b.note &&
    a.until === b.until &&
    a.untilResolved === b.untilResolved
  );
}
