import { z } from 'zod';
import { AssetsConfig } from './assets-schema.ts';
import { ChannelConfig } from './channels-schema.ts';
import { crossFieldMistakes } from './cross-field.ts';
import { DrillConfig } from './drill-schema.ts';
import { FeishuAppConfig } from './feishu-apps-schema.ts';
import { HardwareConfig } from './hardware-schema.ts';
import { HousekeepingConfig, SnapshotsConfig } from './housekeeping-schema.ts';
import { HttpConfig } from './http-schema.ts';
import { IncidentsConfig } from './incidents-schema.ts';
import { IpmiConfig } from './ipmi-schema.ts';
import { OllamaConfig, OpenaiConfig, ReasoningConfig } from './model-schema.ts';
import { InteractionConfig, Person, Team } from './people-schema.ts';
import { RatesConfig } from './rates-schema.ts';
import { RetentionConfig } from './retention-schema.ts';
import { RoutingConfig } from './routing-schema.ts';
import { ElasticsearchConfig, KafkaConfig, KibanaConfig } from './servers-schema.ts';
import { clockTime, days, name, timeZone } from './values.ts';

const Route = z.strictObject({
  packs: z
    .array(name)
    .optional()
    .describe('Rule packs that look at this type, by name; all of them where absent.'),
  pipeline: z.string().optional().describe('The ingest pipeline of the store.'),
  channels: z.array(name).optional().describe('Channels that are told; all of them where absent.'),
  partitions: z.number().int().min(1).max(1024).default(4).describe('Partitions of `logs.<type>`.'),
  shards: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('Primary shards of each index of this type in Elasticsearch.'),
  timeZone: timeZone
    .optional()
    .describe(
      'IANA name of the zone of times that name none in lines of this type; absent: that of the logpatrol process (TZ).',
    ),
});

const Domain = z.strictObject({
  name,
  partition: z
    .number()
    .int()
    .min(0)
    .max(255)
    .describe(
      'Its number on the narrow topics: unique, and never changed or used again, for it is part of incident ids.',
    ),
  types: z.array(name).optional().describe('First match wins; a domain without either takes everything.'),
  services: z.array(z.string().min(1)).optional(),
});

const someNames = z.array(z.string().min(1)).min(1).optional();

const Maintenance = z
  .strictObject({
    name: z.string().min(1).max(120),
    services: someNames.describe('Every list that is there must fit; of hosts, all those of the incident.'),
    hosts: someNames,
    rules: someNames,
    types: someNames,
    days,
    from: clockTime.describe(
      'By the clock in its zone; one that ends no later than it begins goes over midnight.',
    ),
    to: clockTime,
    timeZone,
  })
  .refine(
    ({ services, hosts, rules, types }) => services ?? hosts ?? rules ?? types,
    'say what is quiet: services, hosts, rules or types',
  );

const defaultChannels = { console: { type: 'console' as const } };
const defaultRoutes = { app: {}, syslog: {}, nginx: {}, ipmi: {} };

/** The channels and log types that there are where the configuration names none. */
export const defaultNames = { channels: Object.keys(defaultChannels), routes: Object.keys(defaultRoutes) };

/** The whole configuration, with defaults. All times carry their unit in their name. */
export const ConfigSchema = z
  .strictObject({
    dataDir: z
      .string()
      .min(1)
      .default('data')
      .describe(
        'Where the embedded bus and store keep their files; below it a folder `cache` of what can be made again.',
      ),
    language: z
      .enum(['zh-CN', 'en'])
      .default('zh-CN')
      .describe('Of cards and of what the model is asked to write.'),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    http: HttpConfig.prefault({}),
    kafka: KafkaConfig.optional().describe('Without it the bus is a file below dataDir.'),
    elasticsearch: ElasticsearchConfig.optional().describe('Without it the store is a file below dataDir.'),
    ollama: OllamaConfig.optional().describe(
      'The model; without it and without openai findings are made by rules alone.',
    ),
    openai: OpenaiConfig.optional().describe(
      'A model behind an OpenAI-compatible server, in place of ollama.',
    ),
    reasoning: ReasoningConfig.prefault({}),
    runbooks: z
      .strictObject({
        paths: z
          .array(z.string().min(1))
          .default([])
          .describe('Folders of runbooks besides the shipped ones.'),
        shipped: z
          .boolean()
          .default(true)
          .describe('Whether the runbooks that come with logpatrol are used.'),
      })
      .prefault({}),
    assets: AssetsConfig.optional().describe('The inventory (CMDB) that says what a host is and whose.'),
    masking: z
      .strictObject({
        key: z
          .string()
          .min(16, 'use at least 16 characters')
          .optional()
          .describe(
            'A secret; where it is given, a masked value has the same placeholder in every process and after a restart.',
          ),
      })
      .prefault({}),
    kibana: KibanaConfig.optional().describe('With it cards link to the lines in Discover.'),
    feishuApps: z
      .record(name, FeishuAppConfig)
      .default({})
      .describe('Self-built apps that channels of type feishu-app use, by a name of your own.'),
    channels: z
      .record(name, ChannelConfig)
      .prefault(defaultChannels)
      .describe('Where cards go, by a name of your own.'),
    cards: z
      .strictObject({
        templates: z
          .string()
          .min(1)
          .optional()
          .describe('Folder of card templates of your own; one that is not there is the shipped one.'),
      })
      .prefault({}),
    routing: RoutingConfig.prefault({}).describe(
      'Which channel hears of what; where it names no channel, those of the log type.',
    ),
    operator: z
      .strictObject({
        channel: name.optional().describe("The channel that hears of logpatrol's own trouble."),
      })
      .prefault({}),
    people: z.record(name, Person).default({}).describe('Who is on call, by a short name of your own.'),
    teams: z.record(name, Team).default({}),
    interaction: InteractionConfig.prefault({}),
    routes: z
      .record(name, Route)
      .prefault(defaultRoutes)
      .describe('Log type → what serves it. A type without a route has no topic.'),
    domains: z
      .array(Domain)
      .min(1)
      .prefault([{ name: 'default', partition: 0 }]),
    rules: z
      .strictObject({
        paths: z
          .array(z.string().min(1))
          .default([])
          .describe('Folders or files of rule packs besides the shipped ones.'),
        shipped: z.boolean().default(true).describe('Whether the packs that come with logpatrol are loaded.'),
      })
      .prefault({}),
    tail: z
      .strictObject({
        files: z
          .array(
            z.strictObject({
              path: z.string().min(1),
              type: name.default('app'),
              service: z.string().optional(),
            }),
          )
          .default([])
          .describe('Files, folders or globs to follow, and the log type that their lines get.'),
        maxLineBytes: z
          .number()
          .int()
          .min(1024)
          .max(3 * 1024 * 1024)
          .default(1024 * 1024)
          .describe('Longest line in bytes; a longer one is cut, and flagged.'),
      })
      .prefault({}),
    incidents: IncidentsConfig.prefault({}),
    maintenance: z
      .array(Maintenance)
      .default([])
      .describe('Recurring times in which nobody is told of these incidents.'),
    topology: z
      .string()
      .min(1)
      .optional()
      .describe('File that says which service depends on which; read again when it changes.'),
    rates: RatesConfig.prefault({}),
    ipmi: IpmiConfig.prefault({}).describe('BMCs that are polled: their event logs and sensors.'),
    hardware: HardwareConfig.prefault({}),
    drill: DrillConfig.prefault({}),
    retention: RetentionConfig.prefault({}),
    housekeeping: HousekeepingConfig.prefault({}).describe('The nightly work on the store.'),
    snapshots: SnapshotsConfig.prefault({}).describe('Where snapshots of the store go.'),
  })
  .superRefine((config, context) => {
    for (const { path, message } of crossFieldMistakes(config, defaultNames))
      context.addIssue({ code: 'custom', path: [...path], message });
  });

export type Config = z.infer<typeof ConfigSchema>;
