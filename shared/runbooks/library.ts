import { firstSteps } from './first-steps.ts';
import { fuseRanks, pickVaried } from './fuse.ts';
import type { Runbook, RunbookHit, RunbookQuery } from './port.ts';
import { type Entry, WordIndex } from './words/word-index.ts';

/** Sections of each ranking that take part in the fusion. */
const depth = 100;
/** What scores less than this share of the best is found by chance. */
const chance = 0.15;

/** How near the meaning of a section is to that of a query: the entry's position, and the cosine similarity. */
export interface Nearness {
  readonly entry: number;
  readonly similarity: number;
}

/** Runbooks as they were at one moment, with their index. It does not change. */
export class Library {
  readonly runbooks: readonly Runbook[];
  readonly entries: readonly Entry[];
  readonly #words: WordIndex;

  private constructor(runbooks: readonly Runbook[], entries: readonly Entry[], words: WordIndex) {
    this.runbooks = runbooks;
    this.entries = entries;
    this.#words = words;
  }

  static async of(runbooks: readonly Runbook[]): Promise<Library> {
    const entries = runbooks.flatMap((runbook) => runbook.sections.map((section) => ({ runbook, section })));
    return new Library(runbooks, entries, await WordIndex.of(entries));
  }

  /**
   * The sections that fit best: first those of the runbook that the query names, then those of runbooks that say they are for its
   * rule, then the others.
   *
   * @param near by meaning, the nearest first, where that is known
   */
  find(query: RunbookQuery, near: readonly Nearness[] = []): RunbookHit[] {
    const words = this.#words.search(query);
    const scores =
      near.length === 0
        ? new Map(words.map(({ entry, score }) => [entry, score]))
        : fuseRanks([
            words.slice(0, depth).map(({ entry }) => entry),
            near.slice(0, depth).map(({ entry }) => entry),
          ]);
    const terms = new Map(words.map((match) => [match.entry, match.terms]));
    const similarity = new Map(near.map((each) => [each.entry, each.similarity]));
    const least = Math.max(0, ...scores.values()) * chance;
    const candidates = [...new Set([...scores.keys(), ...this.#forRule(query)])].flatMap((index) => {
      const entry = this.entries[index];
      if (entry === undefined) return [];
      const tier = tierOf(entry.runbook, query);
      const score = scores.get(index) ?? 0;
      return tier > 0 || (score > 0 && score >= least) ? [{ entry, index, tier, score }] : [];
    });
    const found: RunbookHit[] = [];
    for (const tier of [2, 1, 0]) {
      const ofTier = candidates.filter((candidate) => candidate.tier === tier);
      const limit = query.limit - found.length;
      for (const {
        entry: { runbook, section },
        index,
        score,
      } of pickVaried(ofTier, (each) => each.entry.runbook.name, limit)) {
        const alike = similarity.get(index);
        const steps = firstSteps(runbook);
        found.push({
          name: runbook.name,
          title: runbook.title,
          section: section.heading,
          foundBy: tier > 0 ? 'rule' : 'search',
          score,
          ...(steps.length === 0 ? {} : { steps: [...steps] }),
          path: runbook.path,
          line: section.line,
          text: section.text,
          terms: this.#words.shownTerms(terms.get(index) ?? []),
          ...(alike === undefined ? {} : { similarity: alike }),
        });
      }
    }
    return found;
  }

  /** Sections that the rule finds whatever the words say, in their order. */
  #forRule(query: RunbookQuery): number[] {
    if (query.named === undefined && query.rule === undefined) return [];
    return this.entries.flatMap(({ runbook }, index) => (tierOf(runbook, query) > 0 ? [index] : []));
  }
}

function tierOf(runbook: Runbook, { named, rule }: RunbookQuery): 0 | 1 | 2 {
  if (runbook.name === named) return 2;
  return rule !== undefined && runbook.rules.includes(rule) ? 1 : 0;
}
