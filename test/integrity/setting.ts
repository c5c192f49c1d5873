import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { type Member, startMember } from './member.ts';

/** The rule pack of the suite: one rule, so that what is found is known exactly. */
const pack = {
  pack: 'integrity',
  title: 'Integrity suite',
  rules: [
    {
      id: 'integrity.failure',
      title: { zh: '模块故障', en: 'Module failure' },
      why: 'The load of the integrity suite.',
      source: 'test/integrity/load.ts',
      severity: 'critical',
      keywords: ['integrity failure'],
      examples: { match: ['ERROR integrity failure in module alfa-bravo'], 'no-match': ['INFO all is well'] },
    },
  ],
};

export interface SettingOptions {
  readonly kafkaAddress: string;
  readonly elasticsearchAddress: string;
  readonly webhook: string;
  readonly secret: string;
  /** An app's bot in a group, which is told besides. */
  readonly app?: GroupBot;
  /** Which findings share a card, and how long. */
  readonly routing: { readonly groupBy: readonly string[]; readonly groupMinutes: number };
  /** Keeps this run apart from others on the same servers: topic prefix and namespace. */
  readonly name: string;
  /** For configuration, rules and logs of the members. */
  readonly folder: string;
}

/** An app's bot in a group of the stand-in Feishu. */
export interface GroupBot {
  readonly baseUrl: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly chat: string;
}

/** One installation of logpatrol on real servers, and how to start a member of each of its stages. */
export interface Setting {
  readonly config: Config;
  readonly folder: string;
  start(stage: Stage): Member;
}

/** What can be started: each stage alone, or everything in one process. */
export const stages = {
  all: ['run', 'all'],
  detect: ['run', 'analyzer', '--stage', 'detect'],
  correlate: ['run', 'analyzer', '--stage', 'correlate'],
  reason: ['run', 'analyzer', '--stage', 'reason'],
  indexer: ['run', 'indexer'],
  notify: ['run', 'notifier', '--stage', 'notify'],
  deliver: ['run', 'notifier', '--stage', 'deliver'],
} as const;
export type Stage = keyof typeof stages;

/** The stages that are attacked, each in processes of its own. */
export const attackedStages = ['detect', 'correlate', 'reason', 'indexer', 'notify', 'deliver'] as const;

export async function createSetting(options: SettingOptions): Promise<Setting> {
  const { folder, name, app, routing } = options;
  const unpaced = { perSecond: 1000, perMinute: 60_000, timeoutSeconds: 5 };
  await mkdir(folder, { recursive: true });
  const rules = join(folder, 'integrity.yaml');
  await writeFile(rules, stringify(pack));
  const settings = {
    dataDir: folder,
    logLevel: 'info',
    http: { port: 0 },
    kafka: { brokers: [options.kafkaAddress], prefix: `${name}.`, sessionTimeoutSeconds: 6 },
    elasticsearch: { url: options.elasticsearchAddress, namespace: name },
    ...(app !== undefined && {
      feishuApps: { main: { appId: app.appId, appSecret: app.appSecret, baseUrl: app.baseUrl } },
    }),
    channels: {
      feishu: { type: 'feishu', webhook: options.webhook, secret: options.secret, ...unpaced },
      ...(app !== undefined && { team: { type: 'feishu-app', chat: app.chat, ...unpaced } }),
    },
    routing,
    routes: { app: { partitions: 3 } },
    rules: { shipped: false, paths: [rules] },
  };
  const file = join(folder, 'logpatrol.yaml');
  await writeFile(file, stringify(settings));
  const started = new Map<Stage, number>();
  return {
    config: ConfigSchema.parse(settings),
    folder,
    start(stage) {
      const index = (started.get(stage) ?? 0) + 1;
      started.set(stage, index);
      return startMember({
        name: `${stage}-${index}`,
        args: ['--config', file, ...stages[stage]],
        env: {},
        logFile: join(folder, `${stage}.log`),
      });
    },
  };
}
