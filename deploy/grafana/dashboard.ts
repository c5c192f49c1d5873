import type { Panel, Row } from './panels.ts';

const datasource = { type: 'prometheus', uid: 'logpatrol-prometheus' };
const width = 8;
const perLine = 24 / width;
const height = 7;

/** The dashboard as Grafana reads it, rows one below the other and three panels a line. */
export function dashboard(rows: readonly Row[]): object {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    const gridPos = { h: 1, w: 24, x: 0, y };
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: titleOf(row),
      collapsed: false,
      gridPos,
      panels: [],
    });
    y += 1;
    row.panels.forEach((panel, index) => {
      const x = (index % perLine) * width;
      const at = { h: height, w: width, x, y: y + Math.floor(index / perLine) * height };
      panels.push({ id: panels.length + 1, ...panelOf(panel), gridPos: at });
    });
    y += Math.ceil(row.panels.length / perLine) * height;
  }
  return {
    uid: 'logpatrol',
    title: 'logpatrol',
    tags: ['logpatrol'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    panels,
  };
}

const titleOf = ({ zh, en }: { readonly zh: string; readonly en: string }): string =>
  zh === en ? en : `${zh} / ${en}`;

function panelOf(panel: Panel): object {
  const kind = panel.kind ?? 'timeseries';
  return {
    type: kind,
    title: titleOf(panel),
    datasource,
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      ...(legend !== '' && { legendFormat: legend }),
    })),
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options:
      kind === 'stat'
        ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none' }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}
