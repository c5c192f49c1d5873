import { z } from 'zod';
import { personRoles } from '#shared/access/index.ts';
import { name, pemFile, plainUrl, seconds } from './values.ts';

/** The broker. */
export const KafkaConfig = z.strictObject({
  brokers: z
    .array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'use host:port'))
    .min(1)
    .describe('host:port of some brokers.'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,60}$/)
    .default('')
    .describe(
      'Put before every topic, group and transactional id, so that installations can share a cluster.',
    ),
  replicationFactor: z.number().int().min(1).max(9).default(1),
  tls: z.boolean().default(false),
  caFile: pemFile
    .optional()
    .describe('File of the certificate authority (PEM) that signed the brokers; needs `tls`.'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: z.string().min(1),
    })
    .optional(),
  sessionTimeoutSeconds: seconds(6, 60, 8).describe(
    'A member that says nothing for so long is taken for dead and its partitions go to another.',
  ),
});

/** The store. */
export const ElasticsearchConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  username: z.string().optional(),
  password: z.string().optional(),
  apiKey: z.string().optional(),
  caFile: pemFile
    .optional()
    .describe('File of the certificate authority (PEM) that signed its certificate; needs an https address.'),
  namespace: name.default('default').describe("Last part of every data stream's name."),
  replicas: z
    .number()
    .int()
    .min(0)
    .max(5)
    .default(1)
    .describe('Copies of each shard besides the first, as far as there are nodes for them.'),
  bulkBytes: z
    .number()
    .int()
    .min(64 * 1024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024)
    .describe('Bytes of one bulk request.'),
  bulkConcurrency: z.number().int().min(1).max(32).default(4).describe('Bulk requests under way at once.'),
  roleMappings: z
    .array(
      z.strictObject({
        role: z.enum(personRoles),
        groups: z
          .array(z.string().min(1))
          .min(1)
          .describe('As the realm of Elasticsearch gives them; `*` stands for anything.'),
      }),
    )
    .default([])
    .describe('Which groups of a directory (LDAP, SAML, OIDC of Elasticsearch) have which role of people.'),
});

/** Kibana: where people look, and how `logpatrol setup --part kibana` reaches it. */
export const KibanaConfig = z.strictObject({
  url: plainUrl.describe("Where people's browsers reach Kibana, with its base path."),
  apiUrl: plainUrl
    .optional()
    .describe('Where `logpatrol setup --part kibana` reaches it, with its base path; absent: at `url`.'),
  username: z.string().optional().describe('Of whom setup comes as; an account of Elasticsearch.'),
  password: z.string().optional(),
  apiKey: z.string().optional().describe('In place of user name and password.'),
  caFile: pemFile
    .optional()
    .describe('File of the certificate authority (PEM) that signed its certificate; needs an https address.'),
  space: name
    .optional()
    .describe('The space; the default one where absent. Setup makes one that is not there.'),
  dataView: z.string().min(1).default('logpatrol-logs').describe('Id of the data view of logs.'),
});
