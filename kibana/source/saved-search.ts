import { type DataViewName, dataViewId, dataViews } from './data-views.ts';
import type { Language, Text } from './language.ts';
import { type SavedObject, savedObject } from './saved-object.ts';

/** A search that is kept in Discover. */
export interface SavedSearch {
  readonly id: string;
  readonly title: Text;
  readonly about: Text;
  readonly dataView: DataViewName;
  /** Kibana Query Language. */
  readonly where: string;
  readonly columns: readonly string[];
}

export function searchObject(search: SavedSearch, language: Language): SavedObject {
  const indexRefName = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  const query = { query: search.where, language: 'kuery' };
  return savedObject(
    'search',
    search.id,
    {
      title: search.title[language],
      description: search.about[language],
      columns: search.columns,
      sort: [[dataViews[search.dataView].timeField, 'desc']],
      grid: {},
      hideChart: false,
      isTextBasedQuery: false,
      timeRestore: false,
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify({ query, filter: [], indexRefName }) },
    },
    [{ type: 'index-pattern', id: dataViewId(search.dataView), name: indexRefName }],
  );
}
