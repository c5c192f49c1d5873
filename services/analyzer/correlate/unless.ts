import type { Part } from './parts.ts';

/**
 * For so long after the time a line that would excuse a failure may still be on its way, in milliseconds: shipping and detection
 * take about a second.
 */
const onItsWay = 2000;

/**
 * Takes the lines back that a host excuses at this moment of event time: those that stood before it, unless the first of them had
 * waited for too long by then. Lines of which only some stood before it stay.
 */
export function excuse(parts: readonly Part[], host: string, at: number, withinMs: number): Part[] {
  return parts.flatMap((part) => {
    const lines = part.hosts.find(({ name }) => name === host);
    if (lines === undefined || lines.lastSeen > at || at - part.firstSeen > withinMs) return [part];
    const count = part.count - lines.count;
    if (count <= 0) return [];
    const hosts = part.hosts.filter((other) => other !== lines);
    return [
      { ...part, count, hosts, ...(part.keys && { keys: withoutLines(part.keys, host, lines.count) }) },
    ];
  });
}

/** True where the time of some lines is over, by newer lines of the same failure or by the clock. */
export function isOverdue(
  parts: readonly Part[],
  withinMs: number,
  clock: { readonly now: number; readonly watchingSince: number } | undefined,
): boolean {
  const newest = Math.max(...parts.map(({ lastSeen }) => lastSeen));
  return parts.some(
    ({ firstSeen, arrivedAt }) =>
      newest > firstSeen + withinMs + onItsWay ||
      (clock && clock.now >= Math.max(arrivedAt, clock.watchingSince) + withinMs + onItsWay),
  );
}

/**
 * So many lines fewer: of the host itself where it is a key, else of the smallest keys. Whose they were is not known, and another
 * host's lines that reach the threshold must not go with them.
 */
function withoutLines(
  keys: readonly { key: string; count: number }[],
  host: string,
  lines: number,
): { key: string; count: number }[] {
  let left = lines;
  return keys
    .toSorted((a, b) => Number(b.key === host) - Number(a.key === host) || a.count - b.count)
    .flatMap(({ key, count }) => {
      const taken = Math.min(left, count);
      left -= taken;
      return count === taken ? [] : [{ key, count: count - taken }];
    });
}
