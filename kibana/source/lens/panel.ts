import type { DataViewName } from '../data-views.ts';
import type { Text } from '../language.ts';
import type { Bucket, Metric } from './columns.ts';

/** How good a number is, from the best up: each colour holds from its value on. */
export interface Colours {
  readonly from: readonly { readonly value: number; readonly colour: 'good' | 'warning' | 'bad' }[];
}

/** What a panel looks like, and what it asks for. */
export type Chart =
  | Readonly<{ kind: 'metric'; value: Metric; beside?: Metric; colours?: Colours }>
  | Readonly<{
      kind: 'xy';
      series: 'line' | 'area_stacked' | 'bar_stacked' | 'bar_horizontal';
      x: Bucket;
      split?: Bucket;
      y: readonly [Metric, ...Metric[]];
    }>
  | Readonly<{
      kind: 'table';
      rows: readonly [Bucket, ...Bucket[]];
      /** The first decides which rows are shown, and stands highest at the top. */
      columns: readonly [Metric, ...Metric[]];
      colours?: Colours;
    }>
  | Readonly<{ kind: 'pie'; slices: Bucket; value: Metric }>
  | Readonly<{ kind: 'gauge'; value: Metric; most: number; goal?: number; colours?: Colours }>
  | Readonly<{ kind: 'heatmap'; x: Bucket; y: Bucket; value: Metric }>;

/** One panel, which is a Lens visualization of its own. */
export interface Panel {
  /** Part of its id; never changed. */
  readonly id: string;
  readonly title: Text;
  /** What it shows, and how that is reckoned. */
  readonly about: Text;
  readonly dataView: DataViewName;
  /** Kibana Query Language; absent: all. */
  readonly where?: string;
  readonly chart: Chart;
}
