import { z } from 'zod';
import type { Column, Layer, LensAttributes } from '../schema/index.ts';
import { type Clause, kqlToClause } from './kql.ts';

/** What Lens knows besides the visualization. */
export interface Surroundings {
  readonly timeField: string;
  readonly runtimeFields: Readonly<Record<string, Clause>>;
  /** Milliseconds since the epoch, to exclusive. */
  readonly from: number;
  readonly to: number;
  /** What the interval `auto` is for this span. */
  readonly intervalMs: number;
}

type BucketColumn = Extract<Column, { isBucketed: true }>;

/**
 * What Lens asks of Elasticsearch for the one layer of a visualization: groups within one another in the order of its columns, their
 * numbers in the innermost. Written from Kibana's documentation and the state alone, without the sources that made it.
 */
export function searchOf({ state }: LensAttributes, at: Surroundings): Clause {
  const layer = layerOf(state.datasourceStates.formBased.layers);
  return {
    size: 0,
    runtime_mappings: at.runtimeFields,
    query: {
      bool: {
        filter: [
          { range: { [at.timeField]: { gte: at.from, lt: at.to, format: 'epoch_millis' } } },
          kqlToClause(state.query.query),
        ],
      },
    },
    aggs: aggregations(layer, layer.columnOrder, at),
  };
}

function layerOf(layers: Readonly<Record<string, Layer>>): Layer {
  const [layer, ...others] = Object.values(layers);
  if (layer === undefined || others.length > 0) throw new Error('not one layer');
  return layer;
}

function aggregations(layer: Layer, [id, ...inner]: readonly string[], at: Surroundings): Clause {
  const column = id === undefined ? undefined : layer.columns[id];
  if (id === undefined || column === undefined) throw new Error('a layer without a number');
  if (!column.isBucketed) return numbers(layer);
  // Groups are ordered by a number of theirs, which has to stand beside what they are divided into further.
  return {
    [id]: {
      ...grouping(column, layer, at),
      aggs: { ...numbers(layer), ...(isGroup(layer, inner[0]) && aggregations(layer, inner, at)) },
    },
  };
}

function isGroup(layer: Layer, id: string | undefined): boolean {
  return id !== undefined && layer.columns[id]?.isBucketed === true;
}

function grouping(column: BucketColumn, layer: Layer, at: Surroundings): Clause {
  if (column.operationType === 'date_histogram')
    return {
      date_histogram: {
        field: column.sourceField,
        fixed_interval: `${at.intervalMs}ms`,
        ...(column.params.includeEmptyRows && {
          min_doc_count: 0,
          extended_bounds: { min: at.from, max: at.to - 1 },
        }),
      },
    };
  const { size, orderBy, orderDirection, missingBucket } = column.params;
  const by = layer.columns[orderBy.columnId];
  if (by === undefined) throw new Error(`${orderBy.columnId} is no column`);
  const path =
    by.operationType === 'count'
      ? '_count'
      : by.operationType === 'percentile'
        ? `${orderBy.columnId}.${by.params.percentile}`
        : orderBy.columnId;
  return {
    terms: {
      field: column.sourceField,
      size,
      order: { [path]: orderDirection },
      ...(missingBucket && { missing: '__missing__' }),
    },
  };
}

/** The numbers of a group; one of some of its documents only is within a filter. */
function numbers({ columns }: Layer): Clause {
  const found: Record<string, unknown> = {};
  for (const [id, column] of Object.entries(columns)) {
    const aggregation = numberOf(column);
    const filter = 'filter' in column && column.filter ? kqlToClause(column.filter.query) : undefined;
    if (filter !== undefined)
      found[id] = { filter, ...(aggregation !== undefined && { aggs: { number: aggregation } }) };
    else if (aggregation !== undefined) found[id] = aggregation;
  }
  return found;
}

function numberOf(column: Column): Clause | undefined {
  switch (column.operationType) {
    case 'terms':
    case 'date_histogram':
    case 'static_value':
    case 'count':
      return undefined;
    case 'unique_count':
      return { cardinality: { field: column.sourceField } };
    case 'average':
      return { avg: { field: column.sourceField } };
    case 'max':
    case 'min':
    case 'sum':
      return { [column.operationType]: { field: column.sourceField } };
    case 'percentile':
      return { percentiles: { field: column.sourceField, percents: [column.params.percentile] } };
    case 'percentile_rank':
      return { percentile_ranks: { field: column.sourceField, values: [column.params.value] } };
    case 'last_value':
      return {
        top_hits: {
          size: 1,
          _source: false,
          docvalue_fields: [column.sourceField],
          sort: [{ [column.params.sortField]: 'desc' }],
        },
      };
  }
}

const Bucket = z.looseObject({ key: z.union([z.string(), z.number()]), doc_count: z.number() });
const Buckets = z.object({ buckets: z.array(Bucket) });
const Answer = z.object({
  hits: z.object({ total: z.object({ value: z.number() }) }),
  aggregations: z.record(z.string(), z.unknown()).default({}),
});

export type Cell = string | number | null;

/** What the panel shows: a row for each innermost group, its keys and then its numbers, in the order of the columns. */
export function rowsOf({ state }: LensAttributes, answer: unknown, at: Surroundings): Cell[][] {
  const layer = layerOf(state.datasourceStates.formBased.layers);
  const { hits, aggregations: found } = Answer.parse(answer);
  return rowsIn(layer, layer.columnOrder, { ...found, doc_count: hits.total.value }, at);
}

function rowsIn(
  layer: Layer,
  [id, ...inner]: readonly string[],
  found: Readonly<Record<string, unknown>>,
  at: Surroundings,
): Cell[][] {
  const column = id === undefined ? undefined : layer.columns[id];
  if (id === undefined || column === undefined || !column.isBucketed)
    return [[...(id === undefined ? [] : [id]), ...inner].map((number) => cellOf(layer, number, found, at))];
  return Buckets.parse(found[id]).buckets.flatMap((bucket) =>
    rowsIn(layer, inner, bucket, at).map((row) => [bucket.key, ...row]),
  );
}

const Value = z.looseObject({ value: z.number().nullable() });
const Values = z.looseObject({ values: z.record(z.string(), z.number().nullable()) });
const Newest = z.looseObject({
  hits: z.object({
    hits: z.array(
      z.looseObject({
        fields: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).default({}),
      }),
    ),
  }),
});
const Count = z.looseObject({ doc_count: z.number() });
const Filtered = z.looseObject({ number: z.unknown() });

function cellOf(layer: Layer, id: string, found: Readonly<Record<string, unknown>>, at: Surroundings): Cell {
  const column = layer.columns[id];
  if (column === undefined) throw new Error(`${id} is no column`);
  const isFiltered = 'filter' in column && column.filter !== undefined;
  if (column.operationType === 'static_value') return Number(column.params.value);
  if (column.operationType === 'count') {
    const { doc_count: count } = Count.parse(isFiltered ? found[id] : found);
    if (column.timeScale !== undefined && column.timeScale !== 's') throw new Error('not a second');
    return column.timeScale === undefined ? count : count / (at.intervalMs / 1000);
  }
  const number = isFiltered ? Filtered.parse(found[id]).number : found[id];
  switch (column.operationType) {
    case 'percentile':
    case 'percentile_rank':
      return Object.values(Values.parse(number).values)[0] ?? null;
    case 'last_value':
      return Newest.parse(number).hits.hits[0]?.fields[column.sourceField]?.[0] ?? null;
    default:
      return Value.parse(number).value;
  }
}
