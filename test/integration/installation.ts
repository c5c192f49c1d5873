import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { frontDoor, startersOf, type TailFile } from '#cli/services.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { type FrontDoor, openRuntime, type Runtime, type Service } from '#shared/lifecycle/index.ts';
import { elasticsearchAddress, kafkaAddress } from '#test/stack/addresses.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';

/** A whole logpatrol in this process, and a stand-in Feishu. */
export interface Installation {
  readonly runtime: Runtime;
  /** The gateway, where it was asked for. */
  readonly door: FrontDoor | undefined;
  readonly feishu: FeishuStandIn;
  /** A folder of its own, for logs. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The two sizes that everything must work in. */
export const sizes = ['embedded', 'Kafka and Elasticsearch'] as const;
export type Size = (typeof sizes)[number];

/** False where this size cannot run here, for want of servers. */
export function canRun(size: Size): boolean {
  return size === 'embedded' || (kafkaAddress() !== undefined && elasticsearchAddress() !== undefined);
}

const secret = 'a-signing-secret';
let installations = 0;

function configOf(size: Size, dataDir: string, webhook: string, over: Record<string, unknown>): Config {
  installations += 1;
  const name = `e2e-${process.pid}-${installations}`;
  const channels = { feishu: { type: 'feishu', webhook, secret, perSecond: 1000, perMinute: 60_000 } };
  const common = {
    dataDir,
    channels,
    logLevel: 'silent',
    ...over,
    http: { port: 0, ...Object(over.http) },
  };
  if (size === 'embedded') return ConfigSchema.parse(common);
  return ConfigSchema.parse({
    ...common,
    kafka: { brokers: [kafkaAddress()], prefix: `${name}.` },
    elasticsearch: { url: elasticsearchAddress(), namespace: name },
    routes: { app: { partitions: 2 }, ipmi: {} },
  });
}

export interface InstallationOptions {
  /** Top-level settings besides those of the size; some can be known only once the stand-in listens. */
  readonly config?: Record<string, unknown> | ((feishu: FeishuStandIn) => Record<string, unknown>);
  /** Default: every service but the gateway. */
  readonly withGateway?: boolean;
  /** Services that are not started. */
  readonly without?: readonly string[];
  /** Of the stand-in. Default: unlimited. */
  readonly limits?: 'platform' | 'unlimited';
  /** Given the body of each request to Feishu. */
  readonly onCard?: (body: string) => void;
}

/** Sets up and starts an installation that follows the logs in its folder. */
export async function startInstallation(
  size: Size,
  options: InstallationOptions = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-e2e-'));
  const feishu = new FeishuStandIn({
    secret,
    limits: options.limits ?? 'unlimited',
    ...(options.onCard && { onBody: options.onCard }),
  });
  await feishu.up();
  const over = typeof options.config === 'function' ? options.config(feishu) : options.config;
  const config = configOf(size, join(folder, 'data'), feishu.webhook, over ?? {});
  const runtime = await openRuntime(config, { logger: pino({ level: 'silent' }), name: 'e2e' });
  await runtime.bus.setup(topicSpecs(config));
  await runtime.store.setup();
  const files: TailFile[] = [{ path: join(folder, '*.log'), type: 'app' }];
  const services: Service[] = [];
  const health = { ailments: () => [], readiness: async () => [] };
  const door = options.withGateway === true ? await frontDoor(true, runtime, health) : undefined;
  if (door !== undefined) services.push(door);
  for (const starter of startersOf({ service: 'all', files }).starters)
    if (options.without?.includes(starter.name) !== true) services.push(await starter.start(runtime));
  return {
    runtime,
    door,
    feishu,
    folder,
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
      await runtime.close();
      await feishu.down();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
