import { z } from 'zod';

/** `kbn-lens-common/visualizations/<kind>/types.ts` of Kibana 9, and `kbn-coloring` for palettes: what is used of them. */
const colour = z.string().regex(/^#[0-9a-f]{6}$/i);
const stops = z.array(z.strictObject({ color: colour, stop: z.number() })).min(2);

const Palette = z
  .strictObject({
    type: z.literal('palette'),
    name: z.literal('custom'),
    params: z.strictObject({
      name: z.literal('custom'),
      reverse: z.boolean(),
      rangeType: z.enum(['number', 'percent']),
      rangeMin: z.number().nullable(),
      rangeMax: z.number().nullable(),
      progression: z.literal('fixed'),
      continuity: z.enum(['above', 'below', 'all', 'none']),
      steps: z.number().int(),
      maxSteps: z.number().int(),
      stops,
      colorStops: stops,
    }),
  })
  .refine(
    ({ params }) =>
      params.steps === params.stops.length &&
      params.stops.length === params.colorStops.length &&
      // A colour ends where the next begins.
      params.stops.slice(0, -1).every(({ stop }, index) => stop === params.colorStops[index + 1]?.stop) &&
      params.colorStops.every(({ stop }, index, all) => index === 0 || stop > (all[index - 1]?.stop ?? stop)),
    'its stops do not follow one another',
  );

const layer = { layerId: z.string(), layerType: z.literal('data') };
const settings = z.strictObject({ x: z.boolean(), yLeft: z.boolean(), yRight: z.boolean() });
const seriesType = z.enum([
  'line',
  'area',
  'area_stacked',
  'bar',
  'bar_stacked',
  'bar_horizontal',
  'bar_horizontal_stacked',
]);

const visualizations = {
  lnsMetric: z.strictObject({
    ...layer,
    metricAccessor: z.string(),
    secondaryMetricAccessor: z.string().optional(),
    palette: Palette.optional(),
  }),
  lnsXY: z.strictObject({
    preferredSeriesType: seriesType,
    legend: z.strictObject({ isVisible: z.boolean(), position: z.enum(['top', 'right', 'bottom', 'left']) }),
    valueLabels: z.enum(['hide', 'show']),
    fittingFunction: z.enum(['None', 'Zero', 'Linear', 'Carry', 'Lookahead', 'Average', 'Nearest']),
    axisTitlesVisibilitySettings: settings,
    tickLabelsVisibilitySettings: settings,
    gridlinesVisibilitySettings: settings,
    labelsOrientation: z.strictObject({ x: z.number(), yLeft: z.number(), yRight: z.number() }),
    layers: z
      .array(
        z.strictObject({
          ...layer,
          seriesType,
          accessors: z.array(z.string()).min(1),
          xAccessor: z.string(),
          // One until 9.2; later versions make a list of it when they read it.
          splitAccessor: z.string().optional(),
          position: z.literal('top'),
          showGridlines: z.boolean(),
        }),
      )
      .length(1),
  }),
  lnsDatatable: z.strictObject({
    ...layer,
    columns: z
      .array(
        z.strictObject({
          columnId: z.string(),
          isTransposed: z.boolean(),
          colorMode: z.enum(['none', 'cell', 'text']).optional(),
          palette: Palette.optional(),
        }),
      )
      .min(1),
    sorting: z.strictObject({ columnId: z.string(), direction: z.enum(['asc', 'desc', 'none']) }),
    paging: z.strictObject({
      size: z.union([10, 20, 30, 50, 100].map((size) => z.literal(size))),
      enabled: z.boolean(),
    }),
    rowHeight: z.enum(['single', 'auto', 'custom']),
    headerRowHeight: z.enum(['single', 'auto', 'custom']),
  }),
  lnsPie: z.strictObject({
    shape: z.enum(['pie', 'donut', 'treemap', 'mosaic', 'waffle']),
    layers: z
      .array(
        z.strictObject({
          ...layer,
          primaryGroups: z.array(z.string()).min(1),
          metrics: z.array(z.string()).length(1),
          numberDisplay: z.enum(['hidden', 'percent', 'value']),
          categoryDisplay: z.enum(['default', 'inside', 'hide']),
          legendDisplay: z.enum(['default', 'show', 'hide']),
          nestedLegend: z.boolean(),
        }),
      )
      .length(1),
  }),
  lnsGauge: z.strictObject({
    ...layer,
    shape: z.enum(['horizontalBullet', 'verticalBullet', 'semiCircle', 'arc', 'circle']),
    ticksPosition: z.enum(['hidden', 'auto', 'bands']),
    labelMajorMode: z.enum(['none', 'auto', 'custom']),
    metricAccessor: z.string(),
    minAccessor: z.string(),
    maxAccessor: z.string(),
    goalAccessor: z.string().optional(),
    colorMode: z.enum(['none', 'palette']),
    palette: Palette.optional(),
  }),
  lnsHeatmap: z.strictObject({
    ...layer,
    shape: z.literal('heatmap'),
    xAccessor: z.string(),
    yAccessor: z.string(),
    valueAccessor: z.string(),
    legend: z.strictObject({
      isVisible: z.boolean(),
      position: z.enum(['top', 'right', 'bottom', 'left']),
      type: z.literal('heatmap_legend'),
    }),
    gridConfig: z.strictObject({
      type: z.literal('heatmap_grid'),
      isCellLabelVisible: z.boolean(),
      isYAxisLabelVisible: z.boolean(),
      isXAxisLabelVisible: z.boolean(),
      isYAxisTitleVisible: z.boolean(),
      isXAxisTitleVisible: z.boolean(),
    }),
  }),
};

function kind<const Name extends keyof typeof visualizations>(name: Name) {
  return { visualizationType: z.literal(name), visualization: visualizations[name] };
}

/** A visualization by its type: `visualization` is what Lens keeps of how it is drawn. */
export const visualizationKinds = [
  kind('lnsMetric'),
  kind('lnsXY'),
  kind('lnsDatatable'),
  kind('lnsPie'),
  kind('lnsGauge'),
  kind('lnsHeatmap'),
] as const;
