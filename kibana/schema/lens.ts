import { z } from 'zod';
import { Query } from './json-text.ts';
import { Column } from './lens-columns.ts';
import { visualizationKinds } from './lens-visualizations.ts';

const Layer = z
  .strictObject({
    columns: z.record(z.string(), Column),
    columnOrder: z.array(z.string()).min(1),
    incompleteColumns: z.strictObject({}),
    sampling: z.literal(1),
  })
  .superRefine(({ columns, columnOrder }, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', message });
    if ([...columnOrder].sort().join() !== Object.keys(columns).sort().join())
      fault('columnOrder does not name the columns');
    const kinds = columnOrder.map((id) => columns[id]?.isBucketed);
    if (kinds.lastIndexOf(true) > kinds.indexOf(false) && kinds.includes(false))
      fault('a group stands behind a number');
    for (const column of Object.values(columns)) {
      if (column.operationType !== 'terms') continue;
      const by = columns[column.params.orderBy.columnId];
      if (by === undefined || by.isBucketed) fault(`${column.sourceField} is ordered by what is no number`);
      // Lens cannot order by a newest value or a fixed one, and by a number of some documents not in every version.
      else if (by.operationType === 'static_value' || ('filter' in by && by.filter !== undefined))
        fault(`${column.sourceField} is ordered by ${by.label}, which is not of all its documents`);
    }
  });
export type Layer = z.infer<typeof Layer>;

function attributes(kind: (typeof visualizationKinds)[number]) {
  return z.strictObject({
    title: z.string().min(1),
    description: z.string(),
    visualizationType: kind.visualizationType,
    state: z.strictObject({
      visualization: kind.visualization,
      query: Query,
      filters: z.array(z.never()),
      datasourceStates: z.strictObject({
        formBased: z.strictObject({ layers: z.record(z.string(), Layer) }),
      }),
      internalReferences: z.array(z.never()),
      adHocDataViews: z.strictObject({}),
    }),
  });
}

/**
 * A Lens visualization. `lens/server/content_management/v0/schema/common.ts` takes any state; what its data source and its
 * visualization then make of it is stated in `kbn-lens-common`, and held here.
 */
export const LensAttributes = z
  .union(visualizationKinds.map(attributes))
  .superRefine(({ state, visualizationType }, context) => {
    for (const [layerId, layer] of Object.entries(state.datasourceStates.formBased.layers)) {
      const used = accessorsIn(state.visualization);
      for (const id of used.filter((each) => !(each in layer.columns)))
        context.addIssue({
          code: 'custom',
          message: `${visualizationType} shows ${id}, which is no column of ${layerId}`,
        });
      for (const id of layer.columnOrder.filter((each) => !used.includes(each)))
        context.addIssue({ code: 'custom', message: `${visualizationType} does not show the column ${id}` });
    }
  });
export type LensAttributes = z.infer<typeof LensAttributes>;

/** Every column that a visualization shows. */
function accessorsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string')
    return /(?:^a|A)ccessors?$|^columnId$|^primaryGroups$|^metrics$/.test(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => accessorsIn(one, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => accessorsIn(part, key));
}
