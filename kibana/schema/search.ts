import { z } from 'zod';
import { jsonText, Query } from './json-text.ts';

/**
 * A search of Discover: `SCHEMA_SEARCH_MODEL_VERSION_5` of `saved_search/server/saved_objects/schema_legacy.ts`, which refuses other
 * attributes; later versions make a tab of it when they import it.
 */
export const SearchAttributes = z.strictObject({
  title: z.string().min(1),
  description: z.string(),
  columns: z.array(z.string()).min(1),
  sort: z.array(z.tuple([z.string(), z.enum(['asc', 'desc'])])).min(1),
  grid: z.strictObject({}),
  hideChart: z.boolean(),
  isTextBasedQuery: z.literal(false),
  timeRestore: z.boolean(),
  kibanaSavedObjectMeta: z.strictObject({
    searchSourceJSON: jsonText(
      z.strictObject({
        query: Query,
        filter: z.array(z.never()),
        indexRefName: z.literal('kibanaSavedObjectMeta.searchSourceJSON.index'),
      }),
    ),
  }),
});
