/**
 * Who has an account of their own at Kafka and Elasticsearch: each service, `operator` (who uses the command line), and `filebeat`
 * (Kafka alone). `setup` is the administrator, who makes the others.
 */
export const principals = [
  'tail',
  'filebeat',
  'ipmi',
  'indexer',
  'analyzer',
  'notifier',
  'gateway',
  'housekeeping',
  'operator',
] as const;
export type Principal = (typeof principals)[number];

/** Roles of people in Elasticsearch and Kibana. */
export const personRoles = ['viewer', 'audit-reader'] as const;
export type PersonRole = (typeof personRoles)[number];
