import { setImmediate as nextTurn } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import { partWeight } from '../parts.ts';
import type { Runbook, RunbookQuery, RunbookSection } from '../port.ts';
import { Spelling } from './spelling.ts';
import { readSynonyms, shownTerm } from './synonyms.ts';
import { TermNames } from './term-names.ts';
import { type Piece, piecesOf, termsOfPiece } from './terms.ts';

/** A section with the runbook that it is of. */
export interface Entry {
  readonly runbook: Runbook;
  readonly section: RunbookSection;
}

/** How well a section has the words of a query. */
export interface WordMatch {
  /** Position of the entry that was indexed. */
  readonly entry: number;
  readonly score: number;
  /** What of the query it has, as the index knows it: for `shownTerms`. */
  readonly terms: readonly string[];
}

/** How much a word says by where it stands. */
const boost = { title: 3, tags: 3, heading: 1.5, names: 1.5, text: 1 };
type Field = keyof typeof boost;
const fields: Field[] = ['title', 'tags', 'heading', 'names', 'text'];

/**
 * BM25+ as minisearch has it, but for `b`: a section is hardly less about its subject for being longer, and with the usual 0.7 the short
 * ones (whom to call, how to roll back) came before those that help. Measured in docs/decisions/0007-runbook-search.md.
 */
const bm25 = { k: 1.2, b: 0.2, d: 0.5 };
/** Weight of a group of synonyms, of a word that was taken for a misspelt one, and of what the rule and the service are called. */
const groupWeight = 0.7;
const meantWeight = 0.8;
const nameWeight = 0.5;
/** Factors for sections of a runbook that says it is for this rule, or for this service. */
const ruleFactor = 1.6;
const serviceFactor = 1.25;

/** Of a query: characters that are looked at, terms, and words that are looked up among those of similar spelling. */
const maxQueryLength = 16_384;
const maxTerms = 32;
const maxUnknown = 8;
/** Beyond the few most telling ones, terms in so large a share of the sections are left out. */
const fewTerms = 4;
const common = 0.4;
/** Milliseconds of work after which other tasks of the process get their turn. */
const turnMs = 10;

const splitAtSpaces = (text: string): string[] => (text === '' ? [] : text.split(' '));
const synonyms = readSynonyms();

/** Finds sections by their words (BM25+ over weighted fields). It does not change once it is made. */
export class WordIndex {
  readonly #entries: readonly Entry[];
  readonly #index: MiniSearch;
  readonly #names: TermNames;
  readonly #spelling: Spelling;

  private constructor(entries: readonly Entry[], index: MiniSearch, names: TermNames, spelling: Spelling) {
    this.#entries = entries;
    this.#index = index;
    this.#names = names;
    this.#spelling = spelling;
  }

  /** Takes about a millisecond a section, in turns. */
  static async of(entries: readonly Entry[]): Promise<WordIndex> {
    const index = new MiniSearch({
      fields,
      tokenize: splitAtSpaces,
      processTerm: (term) => term,
    });
    const names = new TermNames();
    const words = new Set(synonyms.words);
    const namesIn = (text: string): readonly string[] => {
      const pieces = piecesOf(text);
      for (const piece of pieces)
        if ('word' in piece) for (const word of [...piece.word.wholes, ...piece.word.parts]) words.add(word);
      return [...pieces.flatMap(termsOfPiece), ...synonyms.groupsIn(pieces)].map((term) => names.give(term));
    };
    // The sections of a runbook have its title in common, and those of all of them a few headings.
    const ofRunbooks = new Map<Runbook, Record<'title' | 'tags' | 'names', readonly string[]>>();
    const ofHeadings = new Map<string, readonly string[]>();
    let turn = performance.now();
    for (const [id, { runbook, section }] of entries.entries()) {
      const common = kept(ofRunbooks, runbook, () => ({
        title: namesIn(runbook.title),
        tags: namesIn(runbook.tags.join(' , ')),
        names: namesIn([runbook.name, ...runbook.services, ...runbook.rules].join(' , ')),
      }));
      const heading = kept(ofHeadings, section.heading, () => namesIn(section.heading));
      const found = { ...common, heading, text: namesIn(section.text) };
      names.count(new Set(fields.flatMap((field) => found[field])));
      index.add({ id, ...Object.fromEntries(fields.map((field) => [field, found[field].join(' ')])) });
      if (performance.now() - turn > turnMs) {
        await nextTurn();
        turn = performance.now();
      }
    }
    return new WordIndex(entries, index, names, new Spelling(words));
  }

  /** Every section that has a word of the query, the best first. */
  search(query: Omit<RunbookQuery, 'limit' | 'named'>): WordMatch[] {
    const weights = this.#weights(query);
    const { rule, service } = query;
    const results = this.#index.search([...weights.keys()].join(' '), {
      boost,
      bm25,
      tokenize: splitAtSpaces,
      processTerm: (term) => term,
      combineWith: 'OR',
      boostTerm: (name) => weights.get(name) ?? 1,
      boostDocument: (id) => {
        const runbook = this.#entries[Number(id)]?.runbook;
        const isForRule = rule !== undefined && runbook?.rules.includes(rule) === true;
        const isForService = service !== undefined && runbook?.services.includes(service) === true;
        return (isForRule ? ruleFactor : 1) * (isForService ? serviceFactor : 1);
      },
    });
    return results
      .map(({ id, score, terms }) => {
        const heading = this.#entries[Number(id)]?.section.heading ?? '';
        return { entry: Number(id), score: score * partWeight(heading), terms };
      })
      .sort((a, b) => b.score - a.score);
  }

  /** Terms of a match for people, most telling first. */
  shownTerms(names: readonly string[]): string[] {
    const byRarity = names.toSorted((a, b) => this.#telling(b) - this.#telling(a));
    return [...new Set(byRarity.map((name) => shownTerm(this.#names.termOf(name))))];
  }

  /** What is looked up for a query, by name, each with its weight; of a long one the most telling. */
  #weights({ text, rule, service }: Omit<RunbookQuery, 'limit' | 'named'>): Map<string, number> {
    const weights = new Map<string, number>();
    const add = (pieces: readonly Piece[], weight: number): void => {
      for (const term of [...pieces.flatMap(termsOfPiece), ...synonyms.groupsIn(pieces)]) {
        const name = this.#names.of(term);
        if (name === undefined) continue;
        const own = weight * (term.startsWith('~') ? groupWeight : 1);
        weights.set(name, Math.max(weights.get(name) ?? 0, own));
      }
    };
    const pieces = piecesOf(text.slice(0, maxQueryLength));
    add(pieces, 1);
    const meant = this.#meant(pieces);
    // Phrases of several words are found once all of them are spelled right.
    if (meant.size > 0) {
      const respelled = pieces.map((piece) => respell(piece, meant));
      add(respelled, meantWeight);
      for (const words of meant.values()) for (const word of words) add([pieceOf(word)], meantWeight);
    }
    add(piecesOf(`${rule ?? ''} , ${service ?? ''}`), nameWeight);
    const telling = [...weights].sort(([a], [b]) => this.#telling(b) - this.#telling(a)).slice(0, maxTerms);
    // What is nearly everywhere tells nothing, and would have nearly everything looked at.
    const everywhere = this.#entries.length * common;
    return new Map(
      telling.filter(([name], index) => index < fewTerms || this.#names.sections(name) < everywhere),
    );
  }

  /** For the words of a query that no runbook has: those that they were probably meant for. */
  #meant(pieces: readonly Piece[]): Map<string, readonly string[]> {
    const unknown = new Set<string>();
    for (const piece of pieces)
      if ('word' in piece)
        for (const word of [...piece.word.wholes, ...piece.word.parts])
          if (unknown.size < maxUnknown && word.length > 3 && !this.#spelling.has(word)) unknown.add(word);
    const meant = new Map<string, readonly string[]>();
    for (const word of unknown) {
      const words = this.#spelling.meantBy(word);
      if (words.length > 0) meant.set(word, words);
    }
    return meant;
  }

  /** The rarer, the more telling. */
  #telling(name: string): number {
    return 1 / this.#names.sections(name);
  }
}

function kept<K, V>(values: Map<K, V>, key: K, make: () => V): V {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}

function pieceOf(word: string): Piece {
  return { word: { wholes: [], parts: [word] } };
}

function respell(piece: Piece, meant: ReadonlyMap<string, readonly string[]>): Piece {
  if ('han' in piece) return piece;
  const { wholes, parts } = piece.word;
  const [whole] = wholes.flatMap((each) => meant.get(each) ?? []);
  if (whole !== undefined) return pieceOf(whole);
  return { word: { wholes, parts: parts.map((part) => meant.get(part)?.[0] ?? part) } };
}
