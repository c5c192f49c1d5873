import type { Operation } from './operations.ts';

/** Of no password that anybody knows: Elasticsearch would take a quarter of a second to hash one before it looks at rights. */
const hashed = `$2a$10$${'abcdefghijklmnopqrstuv'}${'x'.repeat(31)}`;
const emptyPolicy = { policy: { phases: {} } };

/** The cluster, its indices, what set-up has made there, and who may what. */
export const clusterOperations: readonly Operation[] = [
  {
    what: 'ask the version (GET /)',
    allowed: ['indexer', 'housekeeping', 'operator'],
    why: 'readiness of the indexer and housekeeping, `logpatrol doctor`',
    request: () => ({ method: 'GET', path: '/' }),
  },
  {
    what: 'health of the cluster',
    allowed: ['operator'],
    why: '`logpatrol doctor`',
    request: () => ({ method: 'GET', path: '/_cluster/health' }),
  },
  { what: 'state of the cluster', allowed: [], request: () => ({ method: 'GET', path: '/_cluster/state' }) },
  {
    what: 'settings of the cluster',
    allowed: [],
    request: () => ({ method: 'GET', path: '/_cluster/settings' }),
  },
  {
    what: 'change settings of the cluster',
    allowed: [],
    request: () => ({
      method: 'PUT',
      path: '/_cluster/settings',
      body: { persistent: { 'search.max_buckets': 70_000 } },
    }),
  },
  { what: 'nodes (cat)', allowed: [], request: () => ({ method: 'GET', path: '/_cat/nodes' }) },
  {
    what: 'statistics of nodes',
    allowed: ['housekeeping', 'operator'],
    why: 'how full their disks are; `logpatrol doctor`: whether they bear what is written',
    request: () => ({ method: 'GET', path: '/_nodes/stats/fs' }),
  },
  { what: 'tasks', allowed: [], request: () => ({ method: 'GET', path: '/_tasks' }) },
  {
    what: 'move shards',
    allowed: [],
    request: () => ({ method: 'POST', path: '/_cluster/reroute?dry_run=true', body: {} }),
  },
  {
    what: 'create an index',
    allowed: [],
    request: ({ namespace, id }) => ({ method: 'PUT', path: `/logs-${id()}-${namespace}-index` }),
  },
  {
    what: 'delete the index of findings',
    allowed: [],
    request: ({ namespace }) => ({ method: 'DELETE', path: `/findings-${namespace}-000001` }),
  },
  {
    what: 'delete an older index of a data stream',
    allowed: [],
    request: ({ oldIndex }) => ({ method: 'DELETE', path: `/${oldIndex}` }),
  },
  {
    what: 'delete a data stream',
    allowed: [],
    request: ({ namespace }) => ({ method: 'DELETE', path: `/_data_stream/audit-${namespace}` }),
  },
  {
    what: 'delete the index that a snapshot was restored to for trial',
    allowed: ['housekeeping'],
    why: 'it has made it',
    request: ({ namespace }) => ({ method: 'DELETE', path: `/logpatrol-restore-probe-${namespace}` }),
  },
  {
    what: 'roll a data stream over',
    allowed: [],
    request: ({ namespace }) => ({ method: 'POST', path: `/logs-app-${namespace}/_rollover` }),
  },
  {
    what: 'merge segments of an index',
    allowed: ['housekeeping'],
    why: 'indices that are not written to any more, at night',
    request: ({ oldIndex }) => ({ method: 'POST', path: `/${oldIndex}/_forcemerge?max_num_segments=1` }),
  },
  {
    what: 'close an index',
    allowed: [],
    request: ({ oldIndex }) => ({ method: 'POST', path: `/${oldIndex}/_close` }),
  },
  {
    what: 'change settings of an index',
    allowed: [],
    request: ({ oldIndex }) => ({
      method: 'PUT',
      path: `/${oldIndex}/_settings`,
      body: { index: { refresh_interval: '9s' } },
    }),
  },
  {
    what: 'change a mapping',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'PUT',
      path: `/findings-${namespace}/_mapping`,
      body: { properties: { smuggled: { type: 'keyword' } } },
    }),
  },
  {
    what: 'change an alias',
    allowed: [],
    request: ({ namespace, oldIndex }) => ({
      method: 'POST',
      path: '/_aliases',
      body: { actions: [{ add: { index: oldIndex, alias: `findings-${namespace}` } }] },
    }),
  },
  {
    what: 'change an index template',
    allowed: [],
    request: ({ namespace, id }) => ({
      method: 'PUT',
      path: `/_index_template/logpatrol-try-${id()}-${namespace}`,
      body: { index_patterns: [`nothing-${id()}`] },
    }),
  },
  {
    what: 'change a component template',
    allowed: [],
    request: ({ namespace, id }) => ({
      method: 'PUT',
      path: `/_component_template/logpatrol-try-${id()}-${namespace}`,
      body: { template: {} },
    }),
  },
  {
    what: 'delete an index template',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'DELETE',
      path: `/_index_template/logpatrol-logs-app-${namespace}`,
    }),
  },
  {
    what: 'change a lifecycle policy',
    allowed: [],
    request: ({ namespace, id }) => ({
      method: 'PUT',
      path: `/_ilm/policy/logpatrol-try-${id()}-${namespace}`,
      body: emptyPolicy,
    }),
  },
  {
    what: 'look at lifecycle policies',
    allowed: [],
    request: () => ({ method: 'GET', path: '/_ilm/policy' }),
  },
  {
    what: 'change an ingest pipeline',
    allowed: [],
    request: ({ namespace, id }) => ({
      method: 'PUT',
      path: `/_ingest/pipeline/logpatrol-try-${id()}-${namespace}`,
      body: { processors: [] },
    }),
  },
  {
    what: 'delete an ingest pipeline',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'DELETE',
      path: `/_ingest/pipeline/logpatrol-logs-nginx-${namespace}`,
    }),
  },
  {
    what: 'store a script',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_scripts/try-${id()}`,
      body: { script: { lang: 'painless', source: '1' } },
    }),
  },
  {
    what: 'register a repository of snapshots',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_snapshot/try-${id()}?verify=false`,
      body: { type: 'fs', settings: { location: 'try' } },
    }),
  },
  {
    what: 'look at snapshots',
    allowed: ['housekeeping', 'operator'],
    why: 'whether there is one that is fresh (only where snapshots are configured)',
    request: () => ({ method: 'GET', path: '/_snapshot/matrix/_all' }),
  },
  {
    what: 'see whether every node can write to a repository',
    allowed: ['housekeeping'],
    why: 'the same',
    request: () => ({ method: 'POST', path: '/_snapshot/matrix/_verify' }),
  },
  {
    what: 'take a snapshot of its own',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_snapshot/matrix/try-${id()}?wait_for_completion=true`,
      body: { indices: 'payroll', include_global_state: false },
    }),
  },
  {
    what: 'restore a snapshot',
    allowed: ['housekeeping'],
    why: 'to see whether it can be: one index under another name, which it deletes (only with `snapshots.restoreProbe`)',
    request: ({ namespace }) => ({
      method: 'POST',
      path: '/_snapshot/matrix/seed/_restore?wait_for_completion=true',
      body: {
        indices: 'payroll',
        rename_pattern: '(.+)',
        rename_replacement: `logpatrol-restore-probe-${namespace}`,
      },
    }),
  },
  {
    what: 'delete a snapshot',
    allowed: [],
    request: () => ({ method: 'DELETE', path: '/_snapshot/matrix/none' }),
  },
  {
    what: 'create a user',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_security/user/try-${id()}`,
      body: { password_hash: hashed, roles: ['superuser'] },
    }),
  },
  {
    what: 'change a password',
    allowed: [],
    request: () => ({
      method: 'POST',
      path: '/_security/user/logstash_system/_password',
      body: { password_hash: hashed },
    }),
  },
  {
    what: 'create a role',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_security/role/try-${id()}`,
      body: { cluster: ['all'] },
    }),
  },
  {
    what: 'change its own role',
    allowed: [],
    request: ({ namespace }) => ({
      method: 'PUT',
      path: `/_security/role/logpatrol-indexer-${namespace}-try`,
      body: { cluster: ['all'] },
    }),
  },
  {
    what: 'create a role mapping',
    allowed: [],
    request: ({ id }) => ({
      method: 'PUT',
      path: `/_security/role_mapping/try-${id()}`,
      body: { roles: ['superuser'], enabled: true, rules: { field: { username: 'nobody' } } },
    }),
  },
  {
    what: 'create an API key',
    allowed: [],
    request: ({ id }) => ({ method: 'POST', path: '/_security/api_key', body: { name: `try-${id()}` } }),
  },
  {
    what: 'list API keys',
    allowed: [],
    request: () => ({ method: 'GET', path: '/_security/api_key' }),
  },
  { what: 'list users', allowed: [], request: () => ({ method: 'GET', path: '/_security/user' }) },
  { what: 'list roles', allowed: [], request: () => ({ method: 'GET', path: '/_security/role' }) },
  {
    what: 'make a token',
    allowed: [],
    request: () => ({
      method: 'POST',
      path: '/_security/oauth2/token',
      body: { grant_type: 'client_credentials' },
    }),
  },
];
