import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { freePort } from '#test/stack/server.ts';
import { type Member, startMember } from './member.ts';

export interface NotifiersOptions {
  readonly kafkaAddress: string;
  /** Keeps this run apart from others on the same servers. */
  readonly name: string;
  /** For configuration, data and logs of the members. */
  readonly folder: string;
  /** Channels, routing and what else differs from the defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One notifier, in a process of its own. */
export interface Notifier extends Member {
  /** Values of its metrics, by name and labels as they stand in the text format; none where it does not answer. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** True once it has joined every group. */
  isReady(): Promise<boolean>;
}

/** An installation of notifiers alone, on real Kafka: findings come from whoever writes them. */
export interface Notifiers {
  readonly config: Config;
  readonly bus: Bus;
  start(env?: Readonly<Record<string, string>>): Promise<Notifier>;
  /** What the members have said last. */
  logs(): Promise<string>;
  /** Ends every member and removes the topics. */
  close(): Promise<void>;
}

export async function createNotifiers(options: NotifiersOptions): Promise<Notifiers> {
  const { folder, kafkaAddress, name } = options;
  await mkdir(folder, { recursive: true });
  const settings = {
    logLevel: 'info',
    kafka: { brokers: [kafkaAddress], prefix: `${name}.` },
    routes: { app: { partitions: 1 } },
    ...options.settings,
  };
  const file = join(folder, 'logpatrol.yaml');
  await writeFile(file, JSON.stringify(settings));
  const config = ConfigSchema.parse(settings);
  if (config.kafka === undefined) throw new Error('no kafka');
  const bus = await openKafkaBus({ kafka: config.kafka, clientId: name, logger: pino({ level: 'silent' }) });
  await bus.setup(topicSpecs(config));
  const members: Notifier[] = [];
  return {
    config,
    bus,
    async start(env = {}) {
      const port = await freePort();
      const number = members.length + 1;
      const member = startMember({
        name: `notifier-${number}`,
        args: ['--config', file, 'run', 'notifier'],
        env: {
          LOGPATROL_HTTP_PORT: String(port),
          LOGPATROL_DATA_DIR: join(folder, `data-${number}`),
          ...env,
        },
        logFile: join(folder, `notifier-${number}.log`),
      });
      const notifier = { ...member, metrics: () => metricsOf(port), isReady: () => isReady(port) };
      members.push(notifier);
      return notifier;
    },
    async logs() {
      const files = members.map((member) => join(folder, `${member.name}.log`));
      const ends = files.map(async (path) => (await readFile(path, 'utf8').catch(() => '')).slice(-4000));
      return (await Promise.all(ends)).join('\n');
    },
    async close() {
      await Promise.all(members.map((member) => member.stop()));
      await bus.close();
      await removeTopics(kafkaAddress, `${name}.`);
    },
  };
}

async function metricsOf(port: number): Promise<ReadonlyMap<string, number>> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5000) });
    const lines = (await answer.text()).matchAll(/^([^#\s][^ ]*) (\S+)$/gm);
    return new Map(Array.from(lines, ([, metric = '', value]) => [metric, Number(value)]));
  } catch {
    // Not started yet, stopped, or gone: there is nothing to be seen.
    return new Map();
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) });
    return answer.ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

/** Waits until all of them have joined their groups, and one decides what is told and one sends it, on the channel of this name. */
export async function untilActive(notifiers: readonly Notifier[], channel = 'feishu'): Promise<void> {
  const groups = ['notify', `deliver-${channel}`];
  while (true) {
    const metrics = await Promise.all(notifiers.map((notifier) => notifier.metrics()));
    const isTaken = (group: string): boolean =>
      metrics.some((of) => (of.get(`logpatrol_bus_takeover_seconds_count{group="${group}"}`) ?? 0) > 0);
    const ready = await Promise.all(notifiers.map((notifier) => notifier.isReady()));
    if (groups.every(isTaken) && ready.every((each) => each)) return;
    for (const { name, isRunning } of notifiers) if (!isRunning()) throw new Error(`${name} has ended`);
    await sleep(100);
  }
}
