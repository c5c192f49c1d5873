/**
 * The constant of reciprocal rank fusion: how little the very first ranks stand out. 60 as in G. V. Cormack, C. L. A. Clarke, S. Büttcher,
 * "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
 */
const k = 60;

/** A second section of a runbook counts so much of its score, a third so much of that: three sections of the wrong one help nobody. */
const repetition = 0.6;

/** Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings that something is in, each the best first. */
export function fuseRanks<T>(rankings: readonly (readonly T[])[]): Map<T, number> {
  const scores = new Map<T, number>();
  for (const ranking of rankings)
    for (const [index, each] of ranking.entries())
      scores.set(each, (scores.get(each) ?? 0) + 1 / (k + index + 1));
  return scores;
}

/** The first so many by score, where each further one of a group counts less than the one before. */
export function pickVaried<T extends { readonly score: number }>(
  candidates: readonly T[],
  groupOf: (candidate: T) => unknown,
  limit: number,
): T[] {
  const taken = new Map<unknown, number>();
  const waiting = candidates
    .toSorted((a, b) => b.score - a.score)
    .map((each) => {
      const before = taken.get(groupOf(each)) ?? 0;
      taken.set(groupOf(each), before + 1);
      return { each, worth: each.score * repetition ** before };
    });
  return waiting
    .sort((a, b) => b.worth - a.worth)
    .slice(0, Math.max(0, limit))
    .map(({ each }) => each);
}
