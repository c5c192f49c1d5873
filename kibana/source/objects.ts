import { hash } from 'node:crypto';
import { type Dashboard, dashboardObject, isPanel } from './dashboard.ts';
import { hardware } from './dashboards/hardware.ts';
import { health } from './dashboards/health.ts';
import { investigation } from './dashboards/investigation.ts';
import { timeliness } from './dashboards/timeliness.ts';
import { type DataViewName, dataViewObject, dataViews } from './data-views.ts';
import type { Language } from './language.ts';
import { lensObject } from './lens/lens-object.ts';
import type { Panel } from './lens/panel.ts';
import type { SavedObject } from './saved-object.ts';
import { searchObject } from './saved-search.ts';
import { searches } from './searches.ts';

export const dashboards: readonly Dashboard[] = [health, timeliness, investigation, hardware];

/** Every object of a language, those first that others refer to. */
export function objectsIn(language: Language): SavedObject[] {
  const names = Object.keys(dataViews).filter(isDataView);
  return [
    ...names.map((name) => dataViewObject(name, language)),
    ...searches.map((search) => marked(searchObject(search, language))),
    ...panels().map((panel) => marked(lensObject(panel, language))),
    ...dashboards.map((dashboard) => marked(dashboardObject(dashboard, language))),
  ];
}

/** As Kibana imports them: an object a line. */
export function ndjsonIn(language: Language): string {
  return objectsIn(language)
    .map((object) => `${JSON.stringify(object)}\n`)
    .join('');
}

function panels(): Panel[] {
  return dashboards.flatMap(({ rows }) => rows.flat().map(({ show }) => show)).filter(isPanel);
}

function isDataView(name: string): name is DataViewName {
  return name in dataViews;
}

/**
 * Puts a mark of its content at the end of the description: Kibana rewrites what it stores, so contents themselves do not compare,
 * and setup tells by the mark whether it has this one.
 */
function marked(object: SavedObject): SavedObject {
  const mark = hash('sha256', JSON.stringify(object), 'hex').slice(0, 12);
  const description = `${object.attributes.description} [logpatrol ${mark}]`;
  return { ...object, attributes: { ...object.attributes, description } };
}
