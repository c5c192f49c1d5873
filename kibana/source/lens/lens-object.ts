import { dataViewId } from '../data-views.ts';
import type { Language } from '../language.ts';
import { type SavedObject, savedObject } from '../saved-object.ts';
import type { Panel } from './panel.ts';
import { drawn, layerId } from './visualization.ts';

/** A panel as a Lens visualization of the library, where people can copy it. */
export function lensObject(panel: Panel, language: Language): SavedObject {
  const { visualizationType, visualization, columns, columnOrder } = drawn(panel, (words) => words[language]);
  const layer = { columns, columnOrder, incompleteColumns: {}, sampling: 1 };
  return savedObject(
    'lens',
    panel.id,
    {
      title: panel.title[language],
      description: panel.about[language],
      visualizationType,
      state: {
        visualization,
        query: { query: panel.where ?? '', language: 'kuery' },
        filters: [],
        datasourceStates: { formBased: { layers: { [layerId]: layer } } },
        internalReferences: [],
        adHocDataViews: {},
      },
    },
    [
      {
        type: 'index-pattern',
        id: dataViewId(panel.dataView),
        name: `indexpattern-datasource-layer-${layerId}`,
      },
    ],
  );
}
