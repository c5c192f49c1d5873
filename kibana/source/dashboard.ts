import { type DataViewName, dataViewId } from './data-views.ts';
import type { Language, Text } from './language.ts';
import type { Panel } from './lens/panel.ts';
import { type Reference, type SavedObject, savedObject } from './saved-object.ts';
import type { SavedSearch } from './saved-search.ts';

/** Where a click on a value leads, with the filters and the time of the dashboard. */
export type DrillDown =
  | Readonly<{ to: 'discover'; label: Text }>
  | Readonly<{ to: 'dashboard'; id: string; label: Text }>;

/** A panel in its place: 48 columns wide is the whole. */
export interface Placed {
  readonly show: Panel | SavedSearch;
  readonly width: number;
  readonly height: number;
  /** Looks at this time whatever the dashboard's. */
  readonly last?: string;
  readonly drillDown?: DrillDown;
}

/** A list of values to filter by, above the panels. */
export interface Control {
  readonly id: string;
  readonly title: Text;
  readonly dataView: DataViewName;
  readonly field: string;
}

export interface Dashboard {
  readonly id: string;
  readonly title: Text;
  readonly about: Text;
  /** Kibana's own expression of a time, such as `now-24h`. */
  readonly from: string;
  readonly controls?: readonly Control[];
  /** From left to right, and from the top down. */
  readonly rows: readonly (readonly Placed[])[];
}

export function isPanel(show: Panel | SavedSearch): show is Panel {
  return 'chart' in show;
}

export function dashboardObject(dashboard: Dashboard, language: Language): SavedObject {
  const placed = dashboard.rows.flatMap(placesOf);
  const controls = dashboard.controls ?? [];
  const stored = placed.map((place) => storedPanel(place, language));
  return savedObject(
    'dashboard',
    dashboard.id,
    {
      title: dashboard.title[language],
      description: dashboard.about[language],
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
      },
      timeRestore: true,
      timeFrom: dashboard.from,
      timeTo: 'now',
      refreshInterval: { pause: false, value: 60_000 },
      optionsJSON: JSON.stringify({
        useMargins: true,
        syncColors: false,
        syncCursor: true,
        syncTooltips: false,
        hidePanelTitles: false,
      }),
      panelsJSON: JSON.stringify(stored.map(({ panel }) => panel)),
      ...(controls.length > 0 && { controlGroupInput: controlGroup(controls, language) }),
    },
    [
      ...stored.flatMap(({ references }) => references),
      ...controls.map(({ id, dataView }) => ({
        type: 'index-pattern' as const,
        id: dataViewId(dataView),
        name: `controlGroup_${id}:optionsListDataView`,
      })),
    ],
  );
}

type Place = Placed & { readonly x: number; readonly y: number };

function placesOf(row: readonly Placed[], index: number, rows: readonly (readonly Placed[])[]): Place[] {
  const heightOf = (of: readonly Placed[]) => Math.max(...of.map(({ height }) => height));
  const y = rows.slice(0, index).reduce((sum, above) => sum + heightOf(above), 0);
  return row.map((placed, at) => {
    const x = row.slice(0, at).reduce((sum, { width }) => sum + width, 0);
    return { ...placed, x, y };
  });
}

function storedPanel(place: Place, language: Language): { panel: unknown; references: Reference[] } {
  const { show, x, y, width: w, height: h, last, drillDown } = place;
  const panelIndex = show.id;
  const panelRefName = `panel_${panelIndex}`;
  const type = isPanel(show) ? 'lens' : 'search';
  const events = drillDown === undefined ? [] : [drillDownEvent(panelIndex, drillDown, language)];
  return {
    panel: {
      type,
      panelIndex,
      panelRefName,
      gridData: { x, y, w, h, i: panelIndex },
      embeddableConfig: {
        enhancements: events.length === 0 ? {} : { dynamicActions: { events } },
        ...(last !== undefined && { timeRange: { from: last, to: 'now' } }),
      },
    },
    references: [
      { type, id: `logpatrol-${show.id}`, name: `${panelIndex}:${panelRefName}` },
      ...(drillDown?.to === 'dashboard'
        ? [
            {
              type: 'dashboard' as const,
              id: `logpatrol-${drillDown.id}`,
              name: `${panelIndex}:drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:${eventId(panelIndex)}:dashboardId`,
            },
          ]
        : []),
    ],
  };
}

const eventId = (panelIndex: string): string => `${panelIndex}-drill-down`;

function drillDownEvent(panelIndex: string, drillDown: DrillDown, language: Language): unknown {
  const event = { eventId: eventId(panelIndex), triggers: ['FILTER_TRIGGER'] };
  const name = drillDown.label[language];
  switch (drillDown.to) {
    case 'discover':
      return {
        ...event,
        action: { factoryId: 'OPEN_IN_DISCOVER_DRILLDOWN', name, config: { openInNewTab: true } },
      };
    case 'dashboard':
      return {
        ...event,
        action: {
          factoryId: 'DASHBOARD_TO_DASHBOARD_DRILLDOWN',
          name,
          config: { openInNewTab: false, useCurrentDateRange: true, useCurrentFilters: true },
        },
      };
  }
}

function controlGroup(controls: readonly Control[], language: Language): Record<string, unknown> {
  const panels = controls.map(({ id, title, field }, order) => [
    id,
    {
      order,
      type: 'optionsListControl',
      width: 'medium',
      grow: true,
      explicitInput: {
        id,
        title: title[language],
        fieldName: field,
        searchTechnique: 'prefix',
        selectedOptions: [],
        enhancements: {},
      },
    },
  ]);
  const heeds = {
    ignoreFilters: false,
    ignoreQuery: false,
    ignoreTimerange: false,
    ignoreValidations: false,
  };
  return {
    controlStyle: 'oneLine',
    chainingSystem: 'HIERARCHICAL',
    showApplySelections: false,
    ignoreParentSettingsJSON: JSON.stringify(heeds),
    panelsJSON: JSON.stringify(Object.fromEntries(panels)),
  };
}
