import type { Hit, Probation, Threshold } from '#shared/model/index.ts';
import { type HostLines, hostLinesOf } from './lines.ts';

/** Lines on probation that are dealt with together. Moments are milliseconds since the epoch. */
export type Part = Probation['parts'][number];

/** Parts of one incident; beyond it the two oldest become one, which errs towards an incident. */
export const partCap = 200;
/** Keys of a threshold and hosts in one part; the lines of the others count as one key, ''. */
export const keyCap = 50;

/** The lines of a hit in parts: one for each slice of its threshold, else one. Oldest first. */
export function partsOf(hit: Hit): Part[] {
  const arrivedAt = Date.parse(hit.arrivedAt);
  const firstSeen = Date.parse(hit.firstSeen);
  const lastSeen = Date.parse(hit.lastSeen);
  const hosts = hostLinesOf(hit).slice(0, keyCap);
  const { threshold } = hit;
  if (threshold === undefined)
    return [{ at: firstSeen, firstSeen, lastSeen, arrivedAt, count: hit.count, hosts }];

  const { slices = [{ at: firstSeen, key: '', count: hit.count }] } = hit;
  const bySlice = Map.groupBy(
    slices.toSorted((a, b) => a.at - b.at),
    ({ at }) => at,
  );
  return [...bySlice].map(([at, keys], index, all) => {
    const next = all[index + 1]?.[0];
    // Of a hit that spans slices only its ends are known to the millisecond.
    const from = index === 0 ? firstSeen : Math.max(at, firstSeen);
    const to = next === undefined ? lastSeen : Math.max(from, Math.min(next - 1, lastSeen));
    const count = keys.reduce((sum, key) => sum + key.count, 0);
    const part = { at, firstSeen: from, lastSeen: to, arrivedAt, count };
    return {
      ...part,
      keys: capKeys(keys),
      hosts: threshold.by === 'host' ? hostsOfKeys(keys, to) : next === undefined ? hosts : [],
    };
  });
}

/** Puts a part among others: with the one of the same slice where there is a threshold. Oldest first. */
export function insertPart(parts: Part[], part: Part, threshold: Threshold | undefined): void {
  const same = threshold && parts.findIndex(({ at }) => at === part.at);
  if (same !== undefined && same !== -1) {
    const known = parts[same];
    if (known) parts[same] = mergeParts(known, part);
    return;
  }
  const later = parts.findIndex(({ at }) => at > part.at);
  parts.splice(later === -1 ? parts.length : later, 0, part);
}

/** Makes one of the two oldest where there are too many. */
export function capParts(parts: Part[]): void {
  const [oldest, second] = parts;
  if (parts.length > partCap && oldest && second) parts.splice(0, 2, mergeParts(oldest, second));
}

function mergeParts(a: Part, b: Part): Part {
  const keys = [...(a.keys ?? []), ...(b.keys ?? [])];
  return {
    at: Math.max(a.at, b.at),
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    arrivedAt: Math.max(a.arrivedAt, b.arrivedAt),
    count: a.count + b.count,
    ...(keys.length > 0 && { keys: capKeys(keys) }),
    hosts: mergeHosts([...a.hosts, ...b.hosts]).slice(0, keyCap),
  };
}

/** One entry a host. */
export function mergeHosts(hosts: readonly HostLines[]): HostLines[] {
  const merged = new Map<string, HostLines>();
  for (const { name, count, lastSeen } of hosts) {
    const known = merged.get(name);
    merged.set(name, {
      name,
      count: count + (known?.count ?? 0),
      lastSeen: Math.max(lastSeen, known?.lastSeen ?? lastSeen),
    });
  }
  return [...merged.values()];
}

function capKeys(keys: readonly { key: string; count: number }[]): { key: string; count: number }[] {
  const capped = new Map<string, number>();
  for (const { key, count } of keys) {
    const name = capped.size < keyCap || capped.has(key) ? key : '';
    capped.set(name, (capped.get(name) ?? 0) + count);
  }
  return [...capped].map(([key, count]) => ({ key, count }));
}

function hostsOfKeys(keys: readonly { key: string; count: number }[], lastSeen: number): HostLines[] {
  return keys
    .filter(({ key }) => key !== '')
    .slice(0, keyCap)
    .map(({ key: name, count }) => ({ name, count, lastSeen }));
}
