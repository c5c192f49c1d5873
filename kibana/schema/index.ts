import { z } from 'zod';
import { DashboardAttributes } from './dashboard.ts';
import { DataViewAttributes } from './data-view.ts';
import { LensAttributes } from './lens.ts';
import { SearchAttributes } from './search.ts';

export type { DashboardPanel } from './dashboard.ts';
export type { Layer, LensAttributes } from './lens.ts';
export type { Column } from './lens-columns.ts';

const Reference = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['index-pattern', 'lens', 'search', 'dashboard']),
  id: z.string().min(1),
});

const common = {
  id: z.string().regex(/^logpatrol-[a-z0-9-]+$/),
  references: z.array(Reference),
  coreMigrationVersion: z.literal('8.8.0'),
  managed: z.literal(false),
};

/**
 * An object that Kibana 9 takes, and can show: attributes by the schemas of its types, whose files are named beside each, and every
 * reference there that it will look for. Texts of JSON are parsed.
 */
export const KibanaSavedObject = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...common,
      type: z.literal('index-pattern'),
      typeMigrationVersion: z.literal('8.0.0'),
      attributes: DataViewAttributes,
    }),
    z.strictObject({
      ...common,
      type: z.literal('lens'),
      typeMigrationVersion: z.literal('8.9.0'),
      attributes: LensAttributes,
    }),
    z.strictObject({
      ...common,
      type: z.literal('search'),
      typeMigrationVersion: z.literal('10.5.0'),
      attributes: SearchAttributes,
    }),
    z.strictObject({
      ...common,
      type: z.literal('dashboard'),
      typeMigrationVersion: z.literal('10.2.0'),
      attributes: DashboardAttributes,
    }),
  ])
  .superRefine((object, context) => {
    const named = object.references.map(({ name, type }) => `${type} ${name}`).sort();
    const needed = neededBy(object).sort();
    if (named.join('\n') !== needed.join('\n'))
      context.addIssue({
        code: 'custom',
        path: ['references'],
        message: `are [${named.join(', ')}] and must be [${needed.join(', ')}]`,
      });
  });
export type KibanaSavedObject = z.infer<typeof KibanaSavedObject>;

/** Type and name of each reference that Kibana looks for. */
function neededBy(object: KibanaSavedObject): string[] {
  switch (object.type) {
    case 'index-pattern':
      return [];
    case 'search':
      return [`index-pattern ${object.attributes.kibanaSavedObjectMeta.searchSourceJSON.indexRefName}`];
    case 'lens':
      return Object.keys(object.attributes.state.datasourceStates.formBased.layers).map(
        (layer) => `index-pattern indexpattern-datasource-layer-${layer}`,
      );
    case 'dashboard':
      return [
        ...object.attributes.panelsJSON.flatMap(({ type, panelIndex, panelRefName, embeddableConfig }) => [
          `${type} ${panelIndex}:${panelRefName}`,
          ...(embeddableConfig.enhancements.dynamicActions?.events ?? []).flatMap(({ eventId, action }) =>
            action.factoryId === 'DASHBOARD_TO_DASHBOARD_DRILLDOWN'
              ? [`dashboard ${panelIndex}:drilldown:${action.factoryId}:${eventId}:dashboardId`]
              : [],
          ),
        ]),
        ...Object.keys(object.attributes.controlGroupInput?.panelsJSON ?? {}).map(
          (id) => `index-pattern controlGroup_${id}:optionsListDataView`,
        ),
      ];
  }
}
