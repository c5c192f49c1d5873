import type { Text } from '../language.ts';

/** A number of each group of documents. `where` is Kibana Query Language. */
export type Metric = Readonly<{ label: Text; where?: string; format?: Format }> &
  (
    | Readonly<{ of: 'count'; perSecond?: true }>
    | Readonly<{ of: 'distinct' | 'average' | 'max' | 'min' | 'sum'; field: string }>
    | Readonly<{ of: 'percentile'; field: string; percentile: number }>
    /** The share of values that are no greater, in percent. */
    | Readonly<{ of: 'percentile-rank'; field: string; value: number }>
    | Readonly<{ of: 'newest'; field: string; by: string; type: 'string' | 'number' }>
    | Readonly<{ of: 'fixed'; value: number }>
  );

type Format = Readonly<{ id: 'number' | 'percent'; params: Readonly<{ decimals: number; suffix?: string }> }>;

/** What documents are grouped by. */
export type Bucket = Readonly<{ label: Text }> &
  (
    | Readonly<{ by: 'time'; field: string }>
    /** The `size` values with the most of the panel's first number; `without`: documents that have none count as a value. */
    | Readonly<{ by: 'value'; field: string; size: number; without?: true; type?: 'string' | 'number' }>
  );

export type Named<T> = T & { readonly id: string };

/** The column of a number as Lens keeps it. */
export function metricColumn(metric: Metric, label: string): Record<string, unknown> {
  const { where, format } = metric;
  const base = {
    label,
    customLabel: true,
    dataType: 'number',
    isBucketed: false,
    scale: 'ratio',
    ...(where !== undefined && { filter: { query: where, language: 'kuery' } }),
  };
  const params = { ...(format && { format }) };
  switch (metric.of) {
    case 'count':
      return {
        ...base,
        operationType: 'count',
        sourceField: '___records___',
        ...(metric.perSecond && { timeScale: 's' }),
        params: { emptyAsNull: metric.perSecond !== true, ...params },
      };
    case 'distinct':
      return {
        ...base,
        operationType: 'unique_count',
        sourceField: metric.field,
        params: { emptyAsNull: false, ...params },
      };
    case 'average':
    case 'max':
    case 'min':
    case 'sum':
      return {
        ...base,
        operationType: metric.of,
        sourceField: metric.field,
        params: { emptyAsNull: true, ...params },
      };
    case 'percentile':
      return {
        ...base,
        operationType: 'percentile',
        sourceField: metric.field,
        params: { percentile: metric.percentile, ...params },
      };
    case 'percentile-rank':
      return {
        ...base,
        operationType: 'percentile_rank',
        sourceField: metric.field,
        params: { value: metric.value, ...params },
      };
    case 'newest':
      return {
        ...base,
        dataType: metric.type,
        scale: metric.type === 'number' ? 'ratio' : 'ordinal',
        operationType: 'last_value',
        sourceField: metric.field,
        filter: { query: where ?? `${metric.field}: *`, language: 'kuery' },
        params: { sortField: metric.by, showArrayValues: false, ...params },
      };
    case 'fixed':
      return {
        ...base,
        operationType: 'static_value',
        isStaticValue: true,
        params: { value: String(metric.value), ...params },
        references: [],
      };
  }
}

/** The column of a group as Lens keeps it. @param orderBy the column whose greatest come first */
export function bucketColumn(bucket: Bucket, label: string, orderBy: string): Record<string, unknown> {
  const base = { label, customLabel: true, isBucketed: true };
  switch (bucket.by) {
    case 'time':
      return {
        ...base,
        dataType: 'date',
        scale: 'interval',
        operationType: 'date_histogram',
        sourceField: bucket.field,
        params: { interval: 'auto', includeEmptyRows: true, dropPartials: false },
      };
    case 'value':
      return {
        ...base,
        dataType: bucket.type ?? 'string',
        scale: 'ordinal',
        operationType: 'terms',
        sourceField: bucket.field,
        params: {
          size: bucket.size,
          orderBy: { type: 'column', columnId: orderBy },
          orderDirection: 'desc',
          otherBucket: bucket.without === true,
          missingBucket: bucket.without === true,
          parentFormat: { id: 'terms' },
          include: [],
          exclude: [],
          includeIsRegex: false,
          excludeIsRegex: false,
        },
      };
  }
}
