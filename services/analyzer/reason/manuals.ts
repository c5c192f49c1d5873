import { isReferences, partRank } from '#shared/runbooks/parts.ts';
import type { RunbookHit } from '#shared/runbooks/port.ts';

/** Tokens below which a section says too little: fewer of them are told then. */
const leastTokens = 400;

/**
 * The sections that the model is told, in this order: of each runbook what to check and to do before the rest, and no mere lists
 * of links. The runbooks themselves stay in the order in which they were found.
 */
export function toldSections(found: readonly RunbookHit[]): RunbookHit[] {
  const told = found.filter(({ section }) => !isReferences(section));
  const byName = Map.groupBy(told, ({ name }) => name);
  for (const sections of byName.values()) sections.sort((a, b) => partRank(a.section) - partRank(b.section));
  return told.flatMap(({ name }) => byName.get(name)?.shift() ?? []);
}

/** How many sections are worth telling within so many tokens; one at least. */
export function sectionsWithin(budget: number): number {
  return Math.max(1, Math.floor(budget / leastTokens));
}
