import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { LogEvent, Position } from '#shared/model/index.ts';
import type { TailEntry } from '../discover.ts';
import { tailMetrics } from '../metrics.ts';
import { startTail, type Tail } from '../tail.ts';

export const silent = pino({ level: 'silent' });

/** A folder of the test's own. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'logpatrol-tail-')));
}

/** The embedded bus in a folder, with the topics of the default configuration. */
export async function openTestBus(dataDir: string): Promise<Bus> {
  const bus = await openEmbeddedBus({ dataDir, maxBytes: 2e9, logger: silent });
  await bus.setup(topicSpecs(ConfigSchema.parse({})));
  return bus;
}

export interface TestTail extends Tail {
  metric(name: string): Promise<number>;
}

/** A tail of host `h1` on the bus. */
export function tailOn(bus: Bus, entries: readonly TailEntry[], maxLineBytes = 64 * 1024): TestTail {
  const registry = new Registry();
  const metrics = tailMetrics(registry);
  const tail = startTail({
    bus,
    entries,
    maxLineBytes,
    metrics,
    host: 'h1',
    logger: silent,
    clock: Date.now,
  });
  return {
    ...tail,
    async metric(name) {
      const metric = await registry.getSingleMetric(name)?.get();
      return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN;
    },
  };
}

export interface PublishedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | undefined;
  readonly message: string;
  readonly offset: number;
  readonly path: string;
  readonly flags: readonly string[];
  readonly event: LogEvent;
}

/** All events on a topic, by partition and in order. */
export async function published(bus: Bus, topic = 'logs.app'): Promise<PublishedEvent[]> {
  const events: PublishedEvent[] = [];
  for await (const { key, value, partition } of bus.read(topic)) {
    const event = LogEvent.parse(JSON.parse(String(value)));
    events.push({
      topic,
      partition,
      key: key?.toString('utf8'),
      message: event.message ?? '',
      offset: event.log?.offset ?? -1,
      path: event.log?.file?.path ?? '',
      flags: event.log?.flags ?? [],
      event,
    });
  }
  return events;
}

export async function messages(bus: Bus, topic = 'logs.app'): Promise<string[]> {
  return (await published(bus, topic)).map((event) => event.message);
}

/** The positions in force, by source. */
export async function positions(bus: Bus): Promise<Map<string, Position>> {
  const found = new Map<string, Position>();
  for await (const { key, value } of bus.read('positions')) {
    if (value === null) found.delete(String(key));
    else found.set(String(key), Position.parse(JSON.parse(String(value))));
  }
  return found;
}

/** A bus, a folder for logs, and tails that are stopped in the end. */
export interface Bench {
  readonly bus: Bus;
  readonly folder: string;
  path(name: string): string;
  tail(files: readonly (string | TailEntry)[], maxLineBytes?: number): TestTail;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const root = temporaryFolder();
  const bus = await openTestBus(join(root, 'data'));
  const folder = temporaryFolder();
  const tails: Tail[] = [];
  return {
    bus,
    folder,
    path: (name) => join(folder, name),
    tail(files, maxLineBytes) {
      const entries = files.map((file) => (typeof file === 'string' ? { path: file, type: 'app' } : file));
      const tail = tailOn(bus, entries, maxLineBytes);
      tails.push(tail);
      return tail;
    },
    async close() {
      for (const tail of tails) await tail.stop();
      await bus.close();
      await rm(root, { recursive: true });
      await rm(folder, { recursive: true });
    },
  };
}
