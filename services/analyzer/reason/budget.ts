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
 * what some do not use goes to the others, in order. No section gets more than it wants, and all together never more than the room.
 */
export function divide(room: number, asks: readonly Ask[]): number[] {
  let left = Math.max(0, room);
  const given = asks.map(({ wanted, minimum }) => {
    const one = Math.min(wanted, minimum, left);
    left -= one;
    return one;
  });
  const shared = left;
  const grow = (most: (ask: Ask) => number): void => {
    for (const [index, ask] of asks.entries()) {
      const before = given[index] ?? 0;
      const more = Math.max(0, Math.min(ask.wanted - before, most(ask), left));
      given[index] = before + more;
      left -= more;
    }
  };
  grow(({ share }) => Math.floor(share * shared));
  grow(() => left);
  return given;
}
