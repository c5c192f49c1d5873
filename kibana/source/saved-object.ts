export interface Reference {
  readonly name: string;
  readonly type: SavedObject['type'];
  readonly id: string;
}

/**
 * An object as Kibana exports and imports it. `typeMigrationVersion` is the oldest shape that has all that is used, and Kibana 9
 * brings it up to its own at the import; so the same objects serve every 9.x.
 */
export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'lens' | 'search' | 'dashboard';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  readonly coreMigrationVersion: string;
  readonly typeMigrationVersion: string;
  readonly managed: false;
}

/** `8.8.0`: when core's part of the shape changed last. */
const coreMigrationVersion = '8.8.0';

/** Model version n of a type is `10.n.0`; what has none, or is older, the version of Kibana that changed its shape. */
const typeMigrationVersions = {
  'index-pattern': '8.0.0',
  lens: '8.9.0',
  search: '10.5.0',
  dashboard: '10.2.0',
} as const;

export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return {
    id: `logpatrol-${id}`,
    type,
    attributes,
    references,
    coreMigrationVersion,
    typeMigrationVersion: typeMigrationVersions[type],
    managed: false,
  };
}
