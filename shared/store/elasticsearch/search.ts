import { z } from 'zod';
import { severities } from '#shared/model/index.ts';
import { viewOf } from '../log-view.ts';
import type { AuditQuery, DeliveryQuery, FindingQuery, LogFilter, LogQuery, StoredLog } from '../port.ts';
import type { Names } from './names.ts';
import { serviceFilter } from './services.ts';

type Clause = Record<string, unknown>;

/** Answers of searches, as far as they are read. */
export const SearchAnswer = z.object({
  hits: z.object({
    hits: z.array(
      z.object({ _id: z.string(), _index: z.string(), _source: z.record(z.string(), z.unknown()) }),
    ),
  }),
});
export type Hit = z.infer<typeof SearchAnswer>['hits']['hits'][number];

/** Beginnings of words that one keyword may stand for. */
const maxExpansions = 200;

/**
 * The filter of a log query. Texts are values of `term` and `match_phrase_prefix`, which have no syntax: nothing in them is
 * an operator. A keyword is found as a phrase of whole words of which the last may go on; Chinese is found anywhere, for
 * each of its characters is a word.
 */
export function logFilter(query: LogFilter): Clause {
  const filter: Clause[] = [];
  if (query.id !== undefined) filter.push({ ids: { values: [query.id] } });
  if (query.service !== undefined) filter.push(serviceFilter(query.service));
  if (query.host !== undefined) filter.push(anyOf([term('host.name', query.host), term('host', query.host)]));
  filter.push(...range('@timestamp', query.from, query.to));
  for (const keyword of query.keywords ?? [])
    if (keyword.trim() !== '')
      filter.push({ match_phrase_prefix: { message: { query: keyword, max_expansions: maxExpansions } } });
  return { bool: { filter } };
}

/** Oldest or newest first; lines of one moment in the order of their file. */
export function logSort(order: LogQuery['order']): Clause[] {
  const direction = order === 'oldest' ? 'asc' : 'desc';
  return [
    { '@timestamp': { order: direction, unmapped_type: 'date' } },
    { 'log.offset': { order: direction, unmapped_type: 'long' } },
  ];
}

const SliceAnswer = z.object({
  aggregations: z
    .object({ slices: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) })
    .optional(),
});

/** Counts by equal parts of the time from `from` to `to`: the same parts as the embedded store makes. */
export function sliceAggregations(from: number, to: number, slices: number): Record<string, Clause> {
  const ranges = sliceRanges(from, to, slices);
  return { slices: { date_range: { field: '@timestamp', format: 'epoch_millis', ranges } } };
}

/** Equal parts of the time from `from` to `to`, in whole milliseconds. */
export function sliceRanges(from: number, to: number, slices: number): { from: number; to: number }[] {
  const edge = (index: number): number => from + Math.ceil((index * Math.max(1, to - from)) / slices);
  return Array.from({ length: slices }, (_, index) => ({ from: edge(index), to: edge(index + 1) }));
}

export function sliceCounts(answer: unknown, slices: number): number[] {
  const buckets = SliceAnswer.parse(answer).aggregations?.slices.buckets ?? [];
  return Array.from({ length: slices }, (_, index) => buckets[index]?.doc_count ?? 0);
}

export function toStoredLog(hit: Hit, names: Names): StoredLog {
  const timestamp = hit._source['@timestamp'];
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return {
    id: hit._id,
    type: names.typeOf(hit._index),
    timestamp: Number.isNaN(time) ? String(timestamp) : new Date(time).toISOString(),
    ...viewOf(hit._source),
  };
}

/** Findings whose span from first to last line touches the time asked for. */
export function findingFilter(query: FindingQuery): Clause {
  const filter: Clause[] = [
    ...range('lastSeen', query.from, undefined),
    ...range('firstSeen', undefined, query.to),
  ];
  for (const field of ['service', 'fingerprint', 'rule'] as const) {
    const value = query[field];
    if (value !== undefined) filter.push(term(field, value));
  }
  if (query.atLeast !== undefined)
    filter.push({ terms: { severity: severities.slice(severities.indexOf(query.atLeast)) } });
  return { bool: { filter } };
}

export function deliveryFilter({ incidentId, groupId, channel }: DeliveryQuery): Clause {
  return { bool: { filter: terms({ incidentId, groupId, channel }) } };
}

export function auditFilter({ incidentId, by, action, from, to }: AuditQuery): Clause {
  return {
    bool: { filter: [...terms({ incidentId, 'by.id': by, action }), ...range('@timestamp', from, to)] },
  };
}

/** Each of these fields has this value; those without one do not matter. */
function terms(wanted: Readonly<Record<string, string | undefined>>): Clause[] {
  return Object.entries(wanted).flatMap(([field, value]) =>
    value === undefined ? [] : [term(field, value)],
  );
}

export function term(field: string, value: string): Clause {
  return { term: { [field]: { value } } };
}

function anyOf(should: readonly Clause[]): Clause {
  return { bool: { should, minimum_should_match: 1 } };
}

export function range(field: string, from: number | undefined, to: number | undefined): Clause[] {
  if (from === undefined && to === undefined) return [];
  return [
    {
      range: {
        [field]: {
          format: 'epoch_millis',
          ...(from === undefined ? {} : { gte: from }),
          ...(to === undefined ? {} : { lt: to }),
        },
      },
    },
  ];
}
