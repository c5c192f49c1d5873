import MiniSearch from 'minisearch';
import type { Runbook } from '#shared/runbooks/index.ts';

/** Finds the names of runbooks for a query, the best first; more than once where several sections fit. */
export type Finder = (query: string) => string[];

interface Flat {
  readonly name: string;
  readonly title: string;
  readonly tags: string;
  readonly heading: string;
  readonly text: string;
}

function flatten(runbooks: readonly Runbook[]): Flat[] {
  return runbooks.flatMap(({ name, title, tags, sections }) =>
    sections.map(({ heading, text }) => ({ name, title, tags: tags.join(' '), heading, text })),
  );
}

/** minisearch as it comes, with the same weights of fields, prefixes and fuzzy words as its manual proposes. */
export function plainMinisearch(runbooks: readonly Runbook[]): Finder {
  const flat = flatten(runbooks);
  const index = new MiniSearch({ fields: ['title', 'tags', 'heading', 'text'] });
  index.addAll(flat.map((section, id) => ({ id, ...section })));
  return (query) =>
    index
      .search(query, { boost: { title: 3, tags: 3, heading: 1.5 }, prefix: true, fuzzy: 0.2 })
      .map(({ id }) => flat[Number(id)]?.name ?? '');
}

/** What `grep` for each word of the query finds: sections by how many of its words they have, then by how often. */
export function termCounting(runbooks: readonly Runbook[]): Finder {
  const flat = flatten(runbooks).map(({ name, title, tags, heading, text }) => ({
    name,
    all: `${title}\n${tags}\n${heading}\n${text}`.toLowerCase(),
  }));
  return (query) => {
    const words = [...new Set(query.toLowerCase().match(/\p{sc=Han}{2}|[^\s\p{sc=Han}\p{P}]+/gu) ?? [])];
    return flat
      .map(({ name, all }) => {
        const counts = words.map((word) => all.split(word).length - 1);
        return { name, distinct: counts.filter((n) => n > 0).length, sum: counts.reduce((a, b) => a + b, 0) };
      })
      .filter(({ distinct }) => distinct > 0)
      .sort((a, b) => b.distinct - a.distinct || b.sum - a.sum)
      .map(({ name }) => name);
  };
}
