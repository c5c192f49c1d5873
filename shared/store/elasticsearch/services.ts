import { z } from 'zod';
import { serviceOfFile } from '#shared/text/service-of-file.ts';
import { serviceFields } from '../log-view.ts';
import type { ServiceCount } from '../port.ts';

type Clause = Record<string, unknown>;

const named = serviceFields.map((path) => path.join('.'));
const file = 'log.file.path';
/** Files that are looked at for services which have no other name. */
const maxFiles = 5000;
/** Longest name that is looked for among files; Lucene takes a regex of 1000 characters. */
const maxFileService = 255;

const Terms = z.object({
  names: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.number() })) }),
});
export const ServiceAnswer = z.object({ aggregations: z.record(z.string(), Terms).optional() });

/** Lines of a service, by the first field that names one; as `viewOf` has it. */
export function serviceFilter(service: string): Clause {
  const should: Clause[] = named.map((field, index) => ({
    bool: { filter: [{ term: { [field]: { value: service } } }], must_not: namedBefore(index) },
  }));
  if (service !== '' && service.length <= maxFileService)
    should.push({
      bool: {
        filter: [{ regexp: { [file]: { value: filesOf(service), flags: 'NONE' } } }],
        must_not: namedBefore(named.length),
      },
    });
  return { bool: { should, minimum_should_match: 1 } };
}

/** Counts by each field that may name a service, of the lines that no field before it names. */
export function serviceAggregations(limit: number): Record<string, Clause> {
  const by = (field: string, index: number, size: number): Clause => ({
    filter: { bool: { must_not: namedBefore(index) } },
    aggs: { names: { terms: { field, size } } },
  });
  return Object.fromEntries([
    ...named.map((field, index) => [field, by(field, index, limit)]),
    [file, by(file, named.length, maxFiles)],
  ]);
}

export function serviceCounts(answer: unknown, limit: number): ServiceCount[] {
  const counts = new Map<string, number>();
  for (const [field, { names }] of Object.entries(ServiceAnswer.parse(answer).aggregations ?? {}))
    for (const { key, doc_count: count } of names.buckets) {
      const service = field === file ? serviceOfFile(key) : key;
      if (service !== undefined && service !== '') counts.set(service, (counts.get(service) ?? 0) + count);
    }
  return [...counts]
    .map(([service, count]) => ({ service, count }))
    .sort((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1))
    .slice(0, limit);
}

function namedBefore(index: number): Clause[] {
  // An empty name is none.
  return named
    .slice(0, index)
    .map((field) => ({ bool: { filter: [{ exists: { field } }], must_not: [{ term: { [field]: '' } }] } }));
}

/** The paths of which `serviceOfFile` says this, in Lucene's syntax, which is anchored at both ends. */
function filesOf(service: string): string {
  const literal = [...service].map((character) =>
    /[\p{L}\p{N}]/u.test(character) ? character : `\\${character}`,
  );
  const extension = ['log', 'txt', 'out', 'err', 'json', 'gz']
    .map((word) => [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join(''))
    .join('|');
  const rotation = `(\\.(${extension}|[0-9]{1,14})|[-_.][0-9]{4}-?[0-9]{2}-?[0-9]{2})*`;
  return `(.*[/\\\\])?${literal.join('')}([-_.][0-9]{1,20})*${rotation}`;
}
