import { z } from 'zod';
import { jsonText } from './json-text.ts';

/** Field formats that are used, with the parameters that Kibana's converters read (`src/platform/plugins/shared/field_formats`). */
const FieldFormat = z.discriminatedUnion('id', [
  z.strictObject({
    id: z.literal('duration'),
    params: z.strictObject({
      inputFormat: z.enum(['milliseconds', 'seconds']),
      outputFormat: z.enum(['humanize', 'humanizePrecise', 'asSeconds', 'asMilliseconds']),
      outputPrecision: z.number().int().min(0).max(20).optional(),
      useShortSuffix: z.boolean().optional(),
      includeSpaceWithSuffix: z.boolean().optional(),
    }),
  }),
  z.strictObject({ id: z.literal('bytes') }),
  z.strictObject({
    id: z.literal('static_lookup'),
    params: z.strictObject({
      lookupEntries: z.array(z.strictObject({ key: z.string().min(1), value: z.string().min(1) })).min(1),
    }),
  }),
  z.strictObject({
    id: z.literal('url'),
    params: z.strictObject({
      type: z.literal('a'),
      urlTemplate: z.string().includes('{{value}}'),
      labelTemplate: z.string(),
      openLinkInCurrentTab: z.boolean(),
    }),
  }),
]);

const RuntimeField = z.strictObject({
  type: z.enum(['keyword', 'long', 'double', 'date', 'ip', 'boolean']),
  script: z.strictObject({ source: z.string().includes('emit(') }),
});

/**
 * A data view, as Kibana 9 stores it: `data_views/server/content_management/schema/v1/cm_services.ts` says which attributes there
 * are (others are refused), `data_views/common` keeps lists and maps as JSON in text.
 */
export const DataViewAttributes = z.strictObject({
  title: z.string().min(1),
  name: z.string().min(1),
  timeFieldName: z.string().min(1),
  allowNoIndex: z.boolean(),
  sourceFilters: jsonText(z.array(z.strictObject({ value: z.string() }))),
  fields: jsonText(z.array(z.never())),
  fieldAttrs: jsonText(z.record(z.string(), z.strictObject({ customLabel: z.string() }))),
  fieldFormatMap: jsonText(z.record(z.string(), FieldFormat)),
  runtimeFieldMap: jsonText(z.record(z.string(), RuntimeField)),
  typeMeta: jsonText(z.strictObject({})),
});
