import { z } from 'zod';
import { jsonText, Query } from './json-text.ts';

const triggers = z.tuple([z.literal('FILTER_TRIGGER')]);
/** `embeddable/common/bwc/enhancements/transform_enhancements_out.ts` reads them so; what it does not know it drops. */
const DrillDown = z.strictObject({
  eventId: z.string().min(1),
  triggers,
  action: z.discriminatedUnion('factoryId', [
    z.strictObject({
      factoryId: z.literal('OPEN_IN_DISCOVER_DRILLDOWN'),
      name: z.string().min(1),
      config: z.strictObject({ openInNewTab: z.boolean() }),
    }),
    z.strictObject({
      factoryId: z.literal('DASHBOARD_TO_DASHBOARD_DRILLDOWN'),
      name: z.string().min(1),
      config: z.strictObject({
        openInNewTab: z.boolean(),
        useCurrentDateRange: z.boolean(),
        useCurrentFilters: z.boolean(),
      }),
    }),
  ]),
});

/** A panel by reference, as `dashboard/server/api/transforms/out/panel_bwc.ts` reads it. */
const Panel = z
  .strictObject({
    type: z.enum(['lens', 'search']),
    panelIndex: z.string().min(1),
    panelRefName: z.string(),
    gridData: z.strictObject({
      x: z.number().int().min(0),
      y: z.number().int().min(0),
      w: z.number().int().min(1).max(48),
      h: z.number().int().min(1),
      i: z.string(),
    }),
    embeddableConfig: z.strictObject({
      enhancements: z.strictObject({
        dynamicActions: z.strictObject({ events: z.array(DrillDown).min(1) }).optional(),
      }),
      timeRange: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    }),
  })
  .refine(({ panelIndex, gridData }) => gridData.i === panelIndex, 'gridData.i is not panelIndex')
  .refine(({ gridData: { x, w } }) => x + w <= 48, 'it reaches beyond the 48 columns');
export type DashboardPanel = z.infer<typeof Panel>;

const Control = z.strictObject({
  order: z.number().int(),
  type: z.literal('optionsListControl'),
  width: z.enum(['small', 'medium', 'large']),
  grow: z.boolean(),
  explicitInput: z.strictObject({
    id: z.string(),
    title: z.string(),
    fieldName: z.string(),
    searchTechnique: z.enum(['prefix', 'wildcard', 'exact']),
    selectedOptions: z.array(z.string()),
    enhancements: z.strictObject({}),
  }),
});
const heeds = z.strictObject({
  ignoreFilters: z.boolean(),
  ignoreQuery: z.boolean(),
  ignoreTimerange: z.boolean(),
  ignoreValidations: z.boolean(),
});

/** A dashboard: model version 2 of `dashboard/server/dashboard_saved_object/schema`, which refuses other attributes. */
export const DashboardAttributes = z.strictObject({
  title: z.string().min(1),
  description: z.string(),
  kibanaSavedObjectMeta: z.strictObject({
    searchSourceJSON: jsonText(z.strictObject({ query: Query, filter: z.array(z.never()) })),
  }),
  timeRestore: z.literal(true),
  timeFrom: z.string().regex(/^now-\d+[mhd]$/),
  timeTo: z.literal('now'),
  refreshInterval: z.strictObject({ pause: z.boolean(), value: z.number().int().min(0) }),
  optionsJSON: jsonText(
    z.strictObject({
      useMargins: z.boolean(),
      syncColors: z.boolean(),
      syncCursor: z.boolean(),
      syncTooltips: z.boolean(),
      hidePanelTitles: z.boolean(),
    }),
  ),
  panelsJSON: jsonText(
    z
      .array(Panel)
      .min(1)
      .refine(
        (panels) => new Set(panels.map(({ panelIndex }) => panelIndex)).size === panels.length,
        'two panels have one index',
      )
      .refine(
        (panels) =>
          !panels.some((one, index) => panels.slice(index + 1).some((other) => overlap(one, other))),
        'two panels overlap',
      ),
  ),
  controlGroupInput: z
    .strictObject({
      controlStyle: z.enum(['oneLine', 'twoLine']),
      chainingSystem: z.enum(['HIERARCHICAL', 'NONE']),
      showApplySelections: z.boolean(),
      ignoreParentSettingsJSON: jsonText(heeds),
      panelsJSON: jsonText(z.record(z.string(), Control)),
    })
    .optional(),
});
export type DashboardAttributes = z.infer<typeof DashboardAttributes>;

function overlap({ gridData: one }: DashboardPanel, { gridData: other }: DashboardPanel): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
