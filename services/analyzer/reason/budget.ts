/** What a section asks for, in tokens. */
export interface Ask {
  /** All that it could use. */
  readonly wanted: number;
  /** What it gets before any other gets more. */
  readonly minimum: number;
  /** Of the room that is left after the minima. */
  readonly share: number;
}

/**
 * Divides the room among sections, the most important first: each its minimum, as long as there is room; then each its share; and
 * what some do not use goes to the others by their shares. No section gets more than it wants, and all together never more than the room.
 */
export function divide(room: number, asks: readonly Ask[]): number[] {
  let left = Math.max(0, room);
  const given = asks.map(({ wanted, minimum }) => {
    const one = Math.min(wanted, minimum, left);
    left -= one;
    return one;
  });
  // Each round at least one section has all that it wants, or no room is left.
  for (;;) {
    const hungry = asks.flatMap(({ wanted, share }, index) => {
      const lacks = wanted - (given[index] ?? 0);
      return lacks > 0 && share > 0 ? [{ index, lacks, share }] : [];
    });
    const shares = hungry.reduce((sum, { share }) => sum + share, 0);
    const shared = left;
    let isDone = true;
    for (const { index, lacks, share } of hungry) {
      const more = Math.min(lacks, Math.floor((share / shares) * shared));
      given[index] = (given[index] ?? 0) + more;
      left -= more;
      if (more === lacks) isDone = false;
    }
    if (isDone) return given;
  }
}
