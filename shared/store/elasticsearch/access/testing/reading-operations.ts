import type { Operation, Request, Whoever } from './operations.ts';

const search = (index: string): Request => ({
  method: 'POST',
  path: `/${index}/_search`,
  body: { size: 1 },
});
/** The principals that keep what they write once: no data stream refuses an id that stands in an older index of it. */
const idempotency =
  'indexer: whether ids are in an older index of the stream, for a line shipped twice is stored once';
const viewer: Whoever = 'viewer';

/** Documents looked at. */
export const readingOperations: readonly Operation[] = [
  {
    what: 'search lines',
    allowed: ['indexer', 'analyzer', 'operator', viewer],
    why: `${idempotency}; analyzer: lines around an incident; operator: summary and learn`,
    request: ({ namespace }) => search(`logs-app-${namespace}`),
  },
  {
    what: 'page through lines as they were (point in time)',
    allowed: ['operator', viewer],
    why: 'operator: `logpatrol summary` and `learn` read many lines once each',
    request: ({ namespace }) => ({ method: 'POST', path: `/logs-app-${namespace}/_pit?keep_alive=1s` }),
  },
  {
    what: 'get one line by its id',
    allowed: [viewer],
    why: 'people: a link of Discover to one document',
    request: ({ oldIndex }) => ({ method: 'GET', path: `/${oldIndex}/_doc/oldest` }),
  },
  {
    what: 'search readings',
    allowed: ['operator', viewer],
    why: 'operator: `logpatrol ipmi list` and `watch`',
    request: ({ namespace }) => search(`metrics-logpatrol.ipmi-${namespace}`),
  },
  {
    what: 'search statuses of servers, and late readings',
    allowed: ['indexer', 'operator', viewer],
    why: `${idempotency}; operator: the same as readings`,
    request: ({ namespace }) =>
      search(`metrics-logpatrol.status-${namespace},metrics-logpatrol.late-${namespace}`),
  },
  {
    what: 'search findings',
    allowed: ['analyzer', 'gateway', 'housekeeping', 'operator', viewer],
    why: 'housekeeping: which of them it deletes; analyzer: similar findings of the past; gateway and operator: whom feedback concerns, `logpatrol summary`',
    request: ({ namespace }) => search(`findings-${namespace}`),
  },
  {
    what: 'get one finding',
    allowed: ['gateway', 'operator', viewer],
    why: 'gateway: its page, an action on it; operator: `logpatrol incidents`, `silence`, `routes`',
    request: ({ namespace }) => ({ method: 'GET', path: `/findings-${namespace}/_doc/seed` }),
  },
  {
    what: 'search runbooks',
    allowed: [viewer],
    why: 'people look them up in Kibana; the services read them from files',
    request: ({ namespace }) => search(`runbooks-${namespace}`),
  },
  {
    what: 'search deliveries',
    allowed: ['indexer', 'gateway', 'operator', viewer],
    why: `${idempotency}; gateway: the page of a finding says who was told; operator: \`logpatrol doctor\` says how late cards were, and what channels refused`,
    request: ({ namespace }) => search(`deliveries-${namespace}`),
  },
  {
    what: 'search the audit log',
    allowed: ['indexer', 'gateway', 'audit-reader'],
    why: `${idempotency}; gateway: the page of a finding says who did what`,
    request: ({ namespace }) => search(`audit-${namespace}`),
  },
  {
    what: 'look at the indices of a data stream',
    allowed: ['indexer', 'housekeeping', viewer],
    why: 'indexer: which of its indices are older; housekeeping: which are closed',
    request: ({ namespace }) => ({ method: 'GET', path: `/_data_stream/logs-app-${namespace}` }),
  },
  {
    what: 'refresh an older index of a data stream',
    allowed: ['indexer', 'housekeeping'],
    why: 'indexer: before ids are looked for in it, for what was written just before a rollover is not seen otherwise; housekeeping: before documents are counted beside those of a restored copy',
    request: ({ oldIndex }) => ({ method: 'POST', path: `/${oldIndex}/_refresh` }),
  },
  {
    what: 'see whether set-up has been run (the alias of findings)',
    allowed: ['indexer', 'operator', viewer],
    why: 'readiness of the indexer, `logpatrol doctor`',
    request: ({ namespace }) => ({ method: 'GET', path: `/_alias/findings-${namespace}` }),
  },
  {
    what: 'look at the mapping of a stream',
    allowed: [viewer],
    why: 'people: Kibana lists the fields of a data view',
    request: ({ namespace }) => ({ method: 'GET', path: `/logs-app-${namespace}/_mapping` }),
  },
  {
    what: 'look at the settings of a stream',
    allowed: ['housekeeping', 'operator', viewer],
    why: 'housekeeping: when its indices were closed; operator: `logpatrol doctor` finds those that nobody can write to',
    request: ({ namespace }) => ({ method: 'GET', path: `/logs-app-${namespace}/_settings` }),
  },
  {
    what: 'look at the statistics of a stream',
    allowed: ['housekeeping'],
    why: 'which of its indices are not merged; how many documents they hold',
    request: ({ namespace }) => ({ method: 'GET', path: `/logs-app-${namespace}/_stats/segments` }),
  },
  {
    what: "search another installation's lines, findings or audit log",
    allowed: [],
    request: ({ foreign }) => search(`logs-app-${foreign}`),
  },
  {
    what: "get another installation's finding",
    allowed: [],
    request: ({ foreign }) => ({ method: 'GET', path: `/findings-${foreign}/_doc/seed` }),
  },
  {
    what: 'search an index that is not of logpatrol',
    allowed: [],
    request: () => search('payroll'),
  },
  {
    what: 'search the index of users and keys (.security)',
    allowed: [],
    request: () => search('.security'),
  },
];
