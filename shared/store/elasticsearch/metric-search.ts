import { z } from 'zod';
import { MetricSource, Reading, ServerStatus } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';
import { sinceOf } from '../look-back.ts';
import type { MetricFilter, MetricReader, ReadingSlice } from '../metrics-port.ts';
import { statusesOfMachines } from '../server-statuses.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { range, sliceRanges, term } from './search.ts';

type Clause = Record<string, unknown>;

const Hits = z.object({
  hits: z.object({ hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()) })) }),
});
const Slices = z.object({
  aggregations: z
    .object({
      slices: z.object({
        buckets: z.array(
          z.object({
            doc_count: z.number(),
            values: z.object({
              min: z.number().nullable(),
              avg: z.number().nullable(),
              max: z.number().nullable(),
            }),
          }),
        ),
      }),
    })
    .optional(),
});
const Moment = z.object({ '@timestamp': z.string() });

/** Elasticsearch gives no more at once. */
const maxHits = 10_000;
const newestFirst = { '@timestamp': { order: 'desc', unmapped_type: 'date' } };

/** Looks readings and statuses up. No more than 10,000 of them are given at once. */
export class MetricSearch implements MetricReader {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  async latestReadings(query: Parameters<MetricReader['latestReadings']>[0]): Promise<Reading[]> {
    const filter = metricFilter({ ...query, from: sinceOf(query) });
    const sort = [ascending('server'), ascending('sensor'), ascending('source'), newestFirst];
    const hits = await this.#search(this.#readingStreams(query), query, {
      ...{ query: filter, sort, size: Math.min(query.limit, maxHits) },
      collapse: { field: 'series' },
    });
    return hits.map(toReading);
  }

  async readings(query: Parameters<MetricReader['readings']>[0]): Promise<Reading[]> {
    const hits = await this.#search(this.#readingStreams(query), query, {
      query: metricFilter(query, query.sensor),
      sort: [newestFirst],
      size: Math.min(query.limit, maxHits),
    });
    return hits.reverse().map(toReading);
  }

  async readingsOverTime(
    query: Parameters<MetricReader['readingsOverTime']>[0],
    slices: number,
  ): Promise<ReadingSlice[]> {
    const ranges = sliceRanges(query.from, query.to, slices);
    const answer = await this.#connection.call({
      method: 'POST',
      path: `/${this.#readingStreams(query)}/_search`,
      query: { ignore_unavailable: true },
      body: {
        ...{ query: metricFilter(query, query.sensor), size: 0, track_total_hits: false },
        aggs: {
          slices: {
            date_range: { field: '@timestamp', format: 'epoch_millis', ranges },
            aggs: { values: { stats: { field: 'value' } } },
          },
        },
      },
      ...(query.signal && { signal: query.signal }),
    });
    const buckets = Slices.parse(answer).aggregations?.slices.buckets ?? [];
    return ranges.map(({ from }, index) => {
      const { doc_count: count = 0, values } = buckets[index] ?? {};
      return {
        ...{ at: from, count, min: values?.min ?? undefined },
        ...{ mean: values?.avg ?? undefined, max: values?.max ?? undefined },
      };
    });
  }

  async serverStatuses(query: Parameters<MetricReader['serverStatuses']>[0]): Promise<ServerStatus[]> {
    const { source, ...rest } = query;
    const hits = await this.#search(this.#names.statuses, query, {
      ...{ query: metricFilter({ ...rest, from: sinceOf(query) }), size: maxHits },
      ...{ sort: [newestFirst], collapse: { field: 'series' } },
    });
    return statusesOfMachines(hits.map(toStatus), source).slice(0, query.limit);
  }

  async statusHistory(query: Parameters<MetricReader['statusHistory']>[0]): Promise<ServerStatus[]> {
    const hits = await this.#search(this.#names.statuses, query, {
      query: metricFilter(query),
      sort: [newestFirst, { source: { order: 'desc', unmapped_type: 'keyword' } }],
      size: Math.min(query.limit, maxHits),
    });
    return hits.map(toStatus);
  }

  #readingStreams({ source }: MetricFilter): string {
    const sources = source === undefined ? MetricSource.options : [source];
    return [...sources.map((each) => this.#names.metrics(each)), this.#names.lateMetrics].join(',');
  }

  async #search(streams: string, { signal }: MetricFilter, body: Clause): Promise<Record<string, unknown>[]> {
    const answer = await this.#connection.call({
      method: 'POST',
      path: `/${streams}/_search`,
      query: { ignore_unavailable: true },
      body: { ...body, track_total_hits: false },
      ...(signal && { signal }),
    });
    return Hits.parse(answer).hits.hits.map(({ _source }) => _source);
  }
}

function metricFilter({ source, server, host, from, to }: MetricFilter, sensor?: string): Clause {
  const wanted = Object.entries({ source, server, host, sensor });
  const filter = wanted.flatMap(([field, value]) => (value === undefined ? [] : [term(field, value)]));
  return { bool: { filter: [...filter, ...range('@timestamp', from, to)] } };
}

function ascending(field: string): Clause {
  return { [field]: { order: 'asc', unmapped_type: 'keyword' } };
}

function toReading(source: Record<string, unknown>): Reading {
  const timestamp = new Date(Moment.parse(source)['@timestamp']).toISOString();
  const reading = Reading.parse({ ...source, kind: 'reading', id: '', timestamp });
  return { ...reading, id: metricId({ ...reading, at: Date.parse(timestamp) }, reading.sensor) };
}

function toStatus(source: Record<string, unknown>): ServerStatus {
  return ServerStatus.parse(source);
}
