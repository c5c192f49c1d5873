import { z } from 'zod';
import { Query } from './json-text.ts';

/**
 * The columns of a layer by `kbn-lens-common/datasources/{types,operations}.ts` of Kibana 9: those operations that are used. Lens drops
 * a column that it does not know, and shows an error in place of the panel.
 */
const ValueFormat = z.strictObject({
  id: z.enum(['number', 'percent']),
  params: z.strictObject({ decimals: z.number().int().min(0).max(15), suffix: z.string().optional() }),
});
const common = { label: z.string().min(1), customLabel: z.literal(true) };
const number = {
  ...common,
  dataType: z.literal('number'),
  isBucketed: z.literal(false),
  scale: z.literal('ratio'),
};
const field = z.string().min(1);
const filter = Query.optional();

function ofField<const Operation extends string, const Params extends z.ZodRawShape>(
  operationType: Operation,
  params: Params,
) {
  return z.strictObject({
    ...number,
    operationType: z.literal(operationType),
    sourceField: field,
    filter,
    params: z.strictObject({ ...params, format: ValueFormat.optional() }),
  });
}
const orEmpty = { emptyAsNull: z.boolean() };

export const Column = z.discriminatedUnion('operationType', [
  z.strictObject({
    ...number,
    operationType: z.literal('count'),
    sourceField: z.literal('___records___'),
    filter,
    timeScale: z.enum(['s', 'm', 'h', 'd']).optional(),
    params: z.strictObject({ ...orEmpty, format: ValueFormat.optional() }),
  }),
  ofField('unique_count', orEmpty),
  ofField('average', orEmpty),
  ofField('max', orEmpty),
  ofField('min', orEmpty),
  ofField('sum', orEmpty),
  ofField('percentile', { percentile: z.number().min(1).max(99) }),
  ofField('percentile_rank', { value: z.number() }),
  z.strictObject({
    ...common,
    dataType: z.enum(['number', 'string']),
    scale: z.enum(['ratio', 'ordinal']),
    isBucketed: z.literal(false),
    operationType: z.literal('last_value'),
    sourceField: field,
    filter: Query,
    params: z.strictObject({
      sortField: field,
      showArrayValues: z.boolean(),
      format: ValueFormat.optional(),
    }),
  }),
  z.strictObject({
    ...number,
    operationType: z.literal('static_value'),
    isStaticValue: z.literal(true),
    params: z.strictObject({ value: z.string().regex(/^-?\d+(\.\d+)?$/), format: ValueFormat.optional() }),
    references: z.array(z.never()),
  }),
  z.strictObject({
    ...common,
    dataType: z.literal('date'),
    isBucketed: z.literal(true),
    scale: z.literal('interval'),
    operationType: z.literal('date_histogram'),
    sourceField: field,
    params: z.strictObject({
      interval: z.string().regex(/^(auto|\d+[smhdwMy])$/),
      includeEmptyRows: z.boolean(),
      dropPartials: z.boolean(),
    }),
  }),
  z.strictObject({
    ...common,
    dataType: z.enum(['string', 'number', 'boolean']),
    isBucketed: z.literal(true),
    scale: z.literal('ordinal'),
    operationType: z.literal('terms'),
    sourceField: field,
    params: z.strictObject({
      size: z.number().int().min(1).max(1000),
      orderBy: z.strictObject({ type: z.literal('column'), columnId: z.string() }),
      orderDirection: z.enum(['asc', 'desc']),
      otherBucket: z.boolean(),
      missingBucket: z.boolean(),
      parentFormat: z.strictObject({ id: z.literal('terms') }),
      include: z.array(z.string()),
      exclude: z.array(z.string()),
      includeIsRegex: z.boolean(),
      excludeIsRegex: z.boolean(),
    }),
  }),
]);
export type Column = z.infer<typeof Column>;
