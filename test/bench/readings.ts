/** Readings of sensors through the indexer's stage into both stores, and how fast they are found there again. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { modelStage } from '#services/indexer/model-stage.ts';
import type { BusRecord } from '#shared/bus/port.ts';
import { Metric, type SensorKind } from '#shared/model/index.ts';
import { newInstallation } from '#shared/store/elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';

export interface ReadingsFigures {
  readonly readings: number;
  /** From record values to covered offsets. */
  readonly readingsPerSecond: number;
  /** Disk of readings and of the statuses that come with them, for each reading, indices included. */
  readonly bytesPerReading: number;
  /** Milliseconds of each question, with all of them there. */
  readonly questions: Readonly<Record<string, number>>;
}

const servers = 200;
const sensors = 40;
const pollMs = 30_000;
const topic = 'metrics.ipmi';
const logger = pino({ level: 'silent' });
const signal = new AbortController().signal;

/** As many polls of 200 servers with 40 sensors as make so many readings, the last of them now. */
export async function benchReadings(options: {
  readings: number;
  say: (line: string) => void;
}): Promise<Record<'embedded' | 'elasticsearch', ReadingsFigures>> {
  const polls = Math.ceil(options.readings / servers / sensors);
  const embedded = await inEmbedded(polls);
  options.say(`embedded: ${JSON.stringify(embedded)}`);
  return { embedded, elasticsearch: await inElasticsearch(polls) };
}

async function inEmbedded(polls: number): Promise<ReadingsFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-bench-'));
  const store = await openEmbeddedStore({ dataDir, maxBytes: 1e11, logger });
  const bytes = async (): Promise<number> => {
    await store.close();
    return (await stat(join(dataDir, 'store.sqlite'))).size;
  };
  const figures = await measure(store, polls, bytes);
  await rm(dataDir, { recursive: true });
  return figures;
}

const Stats = z.object({
  _all: z.object({ primaries: z.object({ store: z.object({ size_in_bytes: z.number() }) }) }),
});

async function inElasticsearch(polls: number): Promise<ReadingsFigures> {
  const installation = newInstallation();
  const { elasticsearch, config, connection } = installation;
  const store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
  await store.setup();
  const streams = `metrics-logpatrol.*-${elasticsearch.namespace}`;
  const bytes = async (): Promise<number> => {
    const query = { max_num_segments: 1 };
    await connection.call({ method: 'POST', path: `/${streams}/_forcemerge`, query, timeoutMs: 300_000 });
    await connection.call({ method: 'POST', path: `/${streams}/_flush` });
    const stats = Stats.parse(await connection.call({ method: 'GET', path: `/${streams}/_stats/store` }));
    await store.close();
    return stats._all.primaries.store.size_in_bytes;
  };
  const figures = await measure(store, polls, bytes);
  await installation.remove();
  return figures;
}

async function measure(store: Store, polls: number, bytes: () => Promise<number>): Promise<ReadingsFigures> {
  const start = Date.now() - polls * pollMs;
  const quiet = { documents: () => {}, written: () => {} };
  const save = store.saveMetrics.bind(store);
  const task = modelStage({ input: topic, schema: Metric, save }, quiet).task(0);
  let seconds = 0;
  for (let poll = 0; poll < polls; poll++) {
    const records = recordsOf(start + poll * pollMs);
    const started = performance.now();
    const result = await task.handle(
      { kind: 'batch', records, caughtUp: false },
      { now: Date.now(), signal },
    );
    seconds += (performance.now() - started) / 1000;
    if (result.records.length > 0) throw new Error('dead letters in a benchmark');
  }
  await store.refresh();
  const [server, host, sensor, from, to] = ['bmc-9', 'host-9', 'Sensor 4', start, Date.now()];
  const questions = {
    latestOfAll: await milliseconds(() => store.latestReadings({ from: to - 10 * pollMs, limit: 10_000 })),
    latestOfOne: await milliseconds(() => store.latestReadings({ host, limit: 100 })),
    latestOfOneBefore: await milliseconds(() =>
      store.latestReadings({ host, to: to - 20 * pollMs, limit: 100 }),
    ),
    statuses: await milliseconds(() => store.serverStatuses({ limit: 1000 })),
    history: await milliseconds(() => store.statusHistory({ server, limit: 100 })),
    overTime: await milliseconds(() => store.readingsOverTime({ server, sensor, from, to }, 60)),
    readings: await milliseconds(() => store.readings({ server, sensor, limit: 100 })),
  };
  const readings = polls * servers * sensors;
  return {
    ...{ readings, readingsPerSecond: Math.round(readings / seconds) },
    ...{ bytesPerReading: Math.round(((await bytes()) / readings) * 10) / 10, questions },
  };
}

/** What one poll of every server brings, with values as such sensors have them. */
function recordsOf(at: number): BusRecord[] {
  const kinds: readonly [SensorKind, string, () => number][] = [
    ['temperature', 'Cel', () => 30 + Math.round(Math.random() * 20)],
    ['fan', 'RPM', () => 4000 + Math.round(Math.random() * 20) * 100],
    ['voltage', 'V', () => Number((12 + Math.random() * 0.3).toFixed(3))],
    ['power', 'W', () => 200 + Math.round(Math.random() * 50)],
  ];
  return Array.from({ length: servers }, (_, index) => {
    const who = { server: `bmc-${index}`, host: `host-${index}` };
    const moment = at + index * 37;
    const readings = Array.from({ length: sensors }, (_each, nth): Metric => {
      const [sensorKind, unit, value] = kinds[nth % kinds.length] ?? ['other', '', () => nth];
      return sampleReading(moment, { ...who, sensor: `Sensor ${nth}`, sensorKind, unit, value: value() });
    });
    return [...readings, sampleStatus(moment, who)];
  })
    .flat()
    .map((metric, offset) => ({
      ...{ topic, partition: 0, offset, key: Buffer.from(metric.host), headers: {}, timestamp: at },
      value: Buffer.from(JSON.stringify(metric)),
    }));
}

/** The third time, so that what is measured is not the first look at it. */
async function milliseconds(ask: () => Promise<readonly unknown[]>): Promise<number> {
  for (let warm = 0; warm < 2; warm++)
    if ((await ask()).length === 0) throw new Error('nothing is found in a benchmark');
  const started = performance.now();
  await ask();
  return Math.round((performance.now() - started) * 10) / 10;
}
