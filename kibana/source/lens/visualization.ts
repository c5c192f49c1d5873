import type { Text } from '../language.ts';
import { type Bucket, bucketColumn, type Metric, metricColumn } from './columns.ts';
import { palette } from './palette.ts';
import type { Chart, Panel } from './panel.ts';

/** Every panel has one layer of data. */
export const layerId = 'data';

/** The columns of a chart, and how Lens draws them. */
interface Drawn {
  readonly visualizationType: string;
  readonly visualization: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, unknown>>;
  /** What is grouped by first stands first. */
  readonly columnOrder: readonly string[];
}

/** @param say the words of the language that is generated */
export function drawn({ chart }: Panel, say: (words: Text) => string): Drawn {
  const layer = new Layer(say);
  const layerType = 'data';
  switch (chart.kind) {
    case 'metric':
      return layer.of('lnsMetric', {
        layerId,
        layerType,
        metricAccessor: layer.metric('value', chart.value),
        ...(chart.beside && { secondaryMetricAccessor: layer.metric('beside', chart.beside) }),
        ...(chart.colours && { palette: palette(chart.colours) }),
      });
    case 'xy': {
      const accessors = chart.y.map((_, index) => `y${index}`);
      if (chart.split) layer.bucket('split', chart.split, 'y0');
      layer.bucket('x', chart.x, 'y0');
      for (const [index, metric] of chart.y.entries()) layer.metric(`y${index}`, metric);
      return layer.of('lnsXY', xy(chart, accessors));
    }
    case 'table': {
      const rows = chart.rows.map((bucket, index) => layer.bucket(`row${index}`, bucket, 'column0'));
      const columns = chart.columns.map((metric, index) => layer.metric(`column${index}`, metric));
      const coloured = chart.colours && { colorMode: 'cell', palette: palette(chart.colours) };
      return layer.of('lnsDatatable', {
        layerId,
        layerType,
        columns: [
          ...rows.map((columnId) => ({ columnId, isTransposed: false })),
          ...columns.map((columnId, index) => ({
            columnId,
            isTransposed: false,
            ...(index === 0 && coloured),
          })),
        ],
        sorting: { columnId: 'column0', direction: 'desc' },
        paging: { size: 10, enabled: true },
        rowHeight: 'single',
        headerRowHeight: 'single',
      });
    }
    case 'pie': {
      const slices = layer.bucket('slices', chart.slices, 'value');
      const value = layer.metric('value', chart.value);
      const shown = { numberDisplay: 'value', categoryDisplay: 'default', legendDisplay: 'default' };
      return layer.of('lnsPie', {
        shape: 'donut',
        layers: [
          { layerId, layerType, primaryGroups: [slices], metrics: [value], nestedLegend: false, ...shown },
        ],
      });
    }
    case 'gauge':
      return layer.of('lnsGauge', {
        layerId,
        layerType,
        shape: 'horizontalBullet',
        ticksPosition: 'auto',
        labelMajorMode: 'auto',
        metricAccessor: layer.metric('value', chart.value),
        minAccessor: layer.fixed('least', 0),
        maxAccessor: layer.fixed('most', chart.most),
        ...(chart.goal !== undefined && { goalAccessor: layer.fixed('goal', chart.goal) }),
        colorMode: chart.colours ? 'palette' : 'none',
        ...(chart.colours && { palette: palette(chart.colours) }),
      });
    case 'heatmap':
      return layer.of('lnsHeatmap', {
        layerId,
        layerType,
        shape: 'heatmap',
        yAccessor: layer.bucket('y', chart.y, 'value'),
        xAccessor: layer.bucket('x', chart.x, 'value'),
        valueAccessor: layer.metric('value', chart.value),
        legend: { isVisible: true, position: 'right', type: 'heatmap_legend' },
        gridConfig: {
          type: 'heatmap_grid',
          isCellLabelVisible: false,
          isYAxisLabelVisible: true,
          isXAxisLabelVisible: true,
          isYAxisTitleVisible: false,
          isXAxisTitleVisible: false,
        },
      });
  }
}

function xy({ series, split }: Extract<Chart, { kind: 'xy' }>, accessors: string[]): Record<string, unknown> {
  const shown = { x: true, yLeft: true, yRight: true };
  return {
    preferredSeriesType: series,
    legend: { isVisible: true, position: 'right' },
    valueLabels: 'hide',
    // A gap in what is measured is a gap in the line; counts have none.
    fittingFunction: 'None',
    axisTitlesVisibilitySettings: { x: false, yLeft: false, yRight: false },
    tickLabelsVisibilitySettings: shown,
    gridlinesVisibilitySettings: shown,
    labelsOrientation: { x: 0, yLeft: 0, yRight: 0 },
    layers: [
      {
        layerId,
        layerType: 'data',
        seriesType: series,
        accessors,
        xAccessor: 'x',
        ...(split && { splitAccessor: 'split' }),
        position: 'top',
        showGridlines: false,
      },
    ],
  };
}

/** Gathers columns in the order in which they are asked for. */
class Layer {
  readonly #say: (words: Text) => string;
  readonly #columns: Record<string, unknown> = {};

  constructor(say: (words: Text) => string) {
    this.#say = say;
  }

  metric(id: string, metric: Metric): string {
    this.#columns[id] = metricColumn(metric, this.#say(metric.label));
    return id;
  }

  bucket(id: string, bucket: Bucket, orderBy: string): string {
    this.#columns[id] = bucketColumn(bucket, this.#say(bucket.label), orderBy);
    return id;
  }

  fixed(id: string, value: number): string {
    const number = String(value);
    return this.metric(id, { of: 'fixed', value, label: { 'zh-CN': number, en: number } });
  }

  of(visualizationType: string, visualization: Record<string, unknown>): Drawn {
    const columns = this.#columns;
    return { visualizationType, visualization, columns, columnOrder: Object.keys(columns) };
  }
}
