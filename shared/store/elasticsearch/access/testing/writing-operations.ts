import type { Operation, Request } from './operations.ts';

const timestamp = (): string => new Date().toISOString();

/** One `create` by bulk, as the store writes. */
export function creation(index: string, id: string | undefined, document: object = {}): Request {
  return {
    method: 'POST',
    path: '/_bulk',
    lines: [
      { create: { _index: index, ...(id !== undefined && { _id: id }) } },
      { '@timestamp': timestamp(), ...document },
    ],
  };
}

const reading = (id: string) => ({
  source: 'ipmi',
  server: id,
  host: 'web-1',
  sensor: 'CPU Temp',
  sensorKind: 'temperature',
  series: id,
  value: 41,
});
const everything = { query: { match_all: {} } };

/** Documents made, changed, deleted. */
export const writingOperations: readonly Operation[] = [
  {
    what: 'create a line in a data stream of logs',
    allowed: ['indexer'],
    why: 'it stores what comes over Kafka; a field of a new name is mapped as the template says',
    request: ({ namespace, id }) =>
      creation(`logs-app-${namespace}`, id(), { message: 'm', [`field_${id()}`]: 'new' }),
  },
  {
    what: 'create a reading in a time series',
    allowed: ['indexer'],
    why: 'the same',
    request: ({ namespace, id }) => creation(`metrics-logpatrol.ipmi-${namespace}`, undefined, reading(id())),
  },
  {
    what: 'create a reading that came late',
    allowed: ['indexer'],
    why: 'the same',
    request: ({ namespace, id }) => creation(`metrics-logpatrol.late-${namespace}`, id(), reading(id())),
  },
  {
    what: 'create the status of a server',
    allowed: ['indexer'],
    why: 'the same',
    request: ({ namespace, id }) =>
      creation(`metrics-logpatrol.status-${namespace}`, id(), { server: 'bmc-1', series: id() }),
  },
  {
    what: 'create a delivery',
    allowed: ['indexer'],
    why: 'the same',
    request: ({ namespace, id }) => creation(`deliveries-${namespace}`, id()),
  },
  {
    what: 'create an entry of the audit log',
    allowed: ['indexer'],
    why: 'the same; nobody can change or delete one that is there',
    request: ({ namespace, id }) => creation(`audit-${namespace}`, id()),
  },
  {
    what: 'store a revision of a finding',
    allowed: ['indexer'],
    why: 'a later revision takes the place of an earlier one (`version_type: external`), so `create` does not serve',
    request: ({ namespace, id }) => ({
      method: 'POST',
      path: '/_bulk?require_alias=true',
      lines: [
        { index: { _index: `findings-${namespace}`, _id: id(), version: 7, version_type: 'external' } },
        { id: 'x', revision: 7 },
      ],
    }),
  },
  {
    what: 'put another line over one',
    allowed: [],
    request: ({ oldIndex }) => ({
      method: 'PUT',
      path: `/${oldIndex}/_doc/oldest?if_seq_no=0&if_primary_term=1`,
      body: { '@timestamp': timestamp(), message: 'another' },
    }),
  },
  {
    what: 'update a line',
    allowed: [],
    request: ({ oldIndex }) => ({
      method: 'POST',
      path: `/${oldIndex}/_update/oldest`,
      body: { doc: { message: 'another' } },
    }),
  },
  {
    what: 'update a finding in part',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'POST',
      path: `/findings-${namespace}/_update/seed`,
      body: { doc: { title: 'another' } },
    }),
  },
  {
    what: 'update by query',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'POST',
      path: `/logs-app-${namespace}/_update_by_query`,
      body: everything,
    }),
  },
  {
    what: 'delete a line',
    allowed: [],
    request: ({ oldIndex }) => ({ method: 'DELETE', path: `/${oldIndex}/_doc/none` }),
  },
  {
    what: 'delete lines by query',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'POST',
      path: `/logs-app-${namespace}/_delete_by_query`,
      body: everything,
    }),
  },
  {
    what: 'delete entries of the audit log by query',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'POST',
      path: `/audit-${namespace}/_delete_by_query`,
      body: everything,
    }),
  },
  {
    what: 'delete a finding',
    allowed: ['housekeeping'],
    why: 'findings that are long resolved go; their index is not under lifecycle management',
    request: ({ namespace }) => ({ method: 'DELETE', path: `/findings-${namespace}/_doc/none` }),
  },
  {
    what: 'delete findings by query',
    allowed: ['housekeeping'],
    why: 'the same',
    request: ({ namespace }) => ({
      method: 'POST',
      path: `/findings-${namespace}/_delete_by_query`,
      body: { query: { ids: { values: ['none'] } } },
    }),
  },
  {
    what: 'write a runbook',
    allowed: [],
    request: ({ namespace, id }) => ({
      method: 'PUT',
      path: `/runbooks-${namespace}/_doc/${id()}`,
      body: { id: 'x' },
    }),
  },
  {
    what: 'delete a runbook',
    allowed: [],
    request: ({ namespace }) => ({ method: 'DELETE', path: `/runbooks-${namespace}/_doc/none` }),
  },
  {
    what: "create a line in another installation's stream",
    allowed: [],
    request: ({ foreign, id }) => creation(`logs-app-${foreign}`, id()),
  },
  {
    what: 'create a line of a type that has no route',
    allowed: [],
    request: ({ namespace, id }) => creation(`logs-smuggled-${namespace}`, id()),
  },
  {
    what: 'write into an index of its own making',
    allowed: [],
    request: ({ id }) => creation('copies', id()),
  },
  {
    what: 'copy lines elsewhere (reindex)',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'POST',
      path: '/_reindex',
      body: { source: { index: `logs-app-${namespace}` }, dest: { index: 'copies' } },
    }),
  },
];
