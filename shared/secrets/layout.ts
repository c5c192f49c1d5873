/**
 * Who has secrets: one folder each, `DIR/<consumer>`, so that each can be given its own and nobody else's. `setup` is the
 * administrator; `operator` is who uses the command line.
 */
export const consumers = [
  'setup',
  'kafka',
  'elasticsearch',
  'kibana',
  'filebeat',
  'tail',
  'ipmi',
  'indexer',
  'analyzer',
  'notifier',
  'gateway',
  'housekeeping',
  'operator',
  'prometheus',
  'grafana',
] as const;
export type Consumer = (typeof consumers)[number];

/** What a file holds. No file ends with a line feed, but those in PEM. */
export type Content =
  /** The certificate of the installation's own authority: the same file everywhere. */
  | { readonly holds: 'authority' }
  | { readonly holds: 'authority-key' }
  /** `client`: also shown to other servers by one that calls them (Kafka's and Elasticsearch's nodes among themselves). */
  | { readonly holds: 'certificate'; readonly client?: true }
  /** PKCS#8. */
  | { readonly holds: 'key' }
  /** Key, certificate and authority in one file, as Kafka's `ssl.keystore.location` of type PEM takes it. */
  | { readonly holds: 'keystore' }
  /** 32 random bytes in base64url. Files of the same `value` hold the same. */
  | { readonly holds: 'random'; readonly value: string }
  /** An API key of Elasticsearch, base64 of `id:key`. `logpatrol setup` writes it, for only the server can make one. */
  | { readonly holds: 'api-key' };

type Files = Readonly<Record<string, Content>>;

const authority = { 'ca.pem': { holds: 'authority' } } as const satisfies Files;
const own = {
  ...authority,
  'certificate.pem': { holds: 'certificate' },
  'key.pem': { holds: 'key' },
} as const satisfies Files;
const ofServer = {
  ...own,
  'certificate.pem': { holds: 'certificate', client: true },
} as const satisfies Files;

const random = (value: string): Content => ({ holds: 'random', value });
const kafkaUser = (consumer: Consumer): Files => ({
  'kafka-password': random(`password of ${consumer} at Kafka`),
});
const elasticsearchUser = { 'elasticsearch-api-key': { holds: 'api-key' } } as const satisfies Files;
const service = (consumer: Consumer): Files => ({
  ...own,
  ...kafkaUser(consumer),
  ...elasticsearchUser,
  'metrics-token': random('token of /metrics'),
});

const kafkaAdmin = random('password of admin at Kafka');
const elastic = random('password of elastic at Elasticsearch');
const linkKey = random('key of links in cards');
const httpToken = random("token of the gateway's interface");
const maskingKey = random('key of masking');

/**
 * Every file of every consumer. In compose each folder is a volume of its own: mounted at `/secrets/<consumer>` where set-up
 * runs, and at `/secrets`, read-only, where the consumer does.
 */
export const layout: Readonly<Record<Consumer, Files>> = {
  setup: {
    ...authority,
    'ca-key.pem': { holds: 'authority-key' },
    'kafka-password': kafkaAdmin,
    'elasticsearch-password': elastic,
    'viewer-password': random('password of oncall at Kibana'),
  },
  kafka: { ...ofServer, 'keystore.pem': { holds: 'keystore' }, 'admin-password': kafkaAdmin },
  elasticsearch: { ...ofServer, 'elasticsearch-password': elastic },
  kibana: {
    ...own,
    'elasticsearch-password': random('password of kibana_system at Elasticsearch'),
    'encryption-key': random("key of Kibana's saved objects"),
  },
  filebeat: { ...authority, ...kafkaUser('filebeat') },
  tail: service('tail'),
  ipmi: service('ipmi'),
  indexer: service('indexer'),
  analyzer: { ...service('analyzer'), 'masking-key': maskingKey },
  notifier: { ...service('notifier'), 'link-key': linkKey },
  gateway: { ...service('gateway'), 'link-key': linkKey, 'http-token': httpToken },
  housekeeping: service('housekeeping'),
  operator: {
    ...authority,
    ...kafkaUser('operator'),
    ...elasticsearchUser,
    'http-token': httpToken,
    'masking-key': maskingKey,
  },
  prometheus: { ...authority, 'metrics-token': random('token of /metrics') },
  grafana: {
    ...authority,
    'admin-password': random('password of admin at Grafana'),
    'secret-key': random("key of Grafana's database"),
  },
};

/** One file of one consumer. `place` is how people name it: `kafka/keystore.pem`. */
export interface SecretFile {
  readonly consumer: Consumer;
  readonly file: string;
  readonly place: string;
  readonly content: Content;
}

/** The layout as a list, in its order. */
export const secretFiles: readonly SecretFile[] = consumers.flatMap((consumer) =>
  Object.entries(layout[consumer]).map(([file, content]) => ({
    consumer,
    file,
    place: `${consumer}/${file}`,
    content,
  })),
);
