/** The highest rate of log lines that detect keeps up with, from real Kafka, held for minutes: the broker, the producer and detect on one machine. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Member, startMember } from '#test/integrity/member.ts';
import { median, megabytes } from './measure.ts';
import { brokers, processorSeconds } from './sustain/processes.ts';
import type { Written } from './sustain/producer.ts';

/** Of `logs.app`; the producer's connection goes to the one broker that leads them all. */
export const partitions = 8;
const lineBytes = 250;
const group = 'detect-logs.app';
const input = 'logs.app';

/** Lines a second: of the first step, the factor from step to step, and where the search ends. */
const firstRate = 150_000;
const stepFactor = 1.12;
const lastRate = 600_000;
const stepMs = 20_000;
/** What may wait at the end of a step, and while a rate is held, in seconds of the rate. */
const boundedSeconds = 1.5;
const heldSeconds = 5;

/** The disk holds no more than about so much of the topic: a partition's share, compressed. */
const retentionBytes = 256 * 1024 * 1024;
const segmentBytes = 64 * 1024 * 1024;

/** `DYNAMIC_TOPIC_CONFIG` among the sources of a setting. */
const setOnTopic = 1;

export interface SustainFigures {
  readonly processes: number;
  readonly minutes: number;
  readonly linesPerSecond: number;
  readonly valueMegabytesPerSecond: number;
  readonly textMegabytesPerSecond: number;
  /** What waited, in seconds of the rate: of readings twice a second. */
  readonly lag: { readonly median: number; readonly most: number; readonly byMinute: readonly number[] };
  /** Of each process, at the start, in the middle and at the end. */
  readonly residentMegabytes: Readonly<Record<string, readonly [number, number, number]>>;
  /** Processors that each process kept busy. */
  readonly processors: Readonly<Record<string, number>>;
  /** Rates that were tried before, and the lag at their end, in seconds. */
  readonly steps: readonly { readonly linesPerSecond: number; readonly lag: number }[];
}

export interface SustainOptions {
  readonly kafkaAddress: string;
  readonly minutes: number;
  readonly processes: number;
  /** Holds this many lines a second and searches for nothing. */
  readonly rate?: number | undefined;
  /** Folder for profiles of the detect processes; the figures are worse then. */
  readonly profile?: string | undefined;
  readonly say: (line: string) => void;
}

export async function benchSustain(options: SustainOptions): Promise<SustainFigures> {
  const { kafkaAddress, processes, say } = options;
  const prefix = `bench-${process.pid}.`;
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-'));
  const settings = { kafka: { brokers: [kafkaAddress], prefix }, routes: { app: { partitions } } };
  const config = ConfigSchema.parse(settings);
  if (config.kafka === undefined) throw new Error('no kafka');
  const bus = await openKafkaBus({
    kafka: config.kafka,
    clientId: 'bench',
    logger: pino({ level: 'silent' }),
  });
  const admin = new Kafka({ brokers: [kafkaAddress], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const members: Member[] = [];
  let producer: ChildProcess | undefined;
  try {
    await bus.setup(topicSpecs(config));
    const configFile = join(folder, 'logpatrol.yaml');
    await writeFile(configFile, JSON.stringify(settings));
    await boundTopic(admin, prefix + input);
    for (let number = 0; number < processes; number += 1)
      members.push(startDetect(number, configFile, folder, options.profile));
    const started = await startProducer(kafkaAddress, prefix + input);
    producer = started.process;
    const watch = new Watch(members, started, async () => {
      const offsets = await bus.committed(group, input);
      return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
    });
    say('warming up');
    const before = processorSecondsOf(brokers());
    await watch.hold(firstRate / 2, 10_000);
    watch.findBroker(before);
    await watch.drain();

    const steps: { linesPerSecond: number; lag: number }[] = [];
    const keepsUpWith = async (tried: number): Promise<boolean> => {
      const readings = await watch.hold(tried, stepMs);
      const lag = median(readings.slice(-6).map((reading) => reading.lag));
      steps.push({ linesPerSecond: tried, lag: rounded(lag) });
      say(`${tried} lines/s: ${lag.toFixed(2)} s behind; ${describe(readings)}`);
      await watch.drain();
      return lag <= boundedSeconds;
    };
    let rate = options.rate ?? firstRate;
    if (options.rate === undefined) {
      while (!(await keepsUpWith(rate))) rate = Math.round(rate / stepFactor ** 2);
      if (rate === firstRate)
        for (let next = rate * stepFactor; next <= lastRate && (await keepsUpWith(Math.round(next))); ) {
          rate = Math.round(next);
          next *= stepFactor;
        }
    }
    for (; rate > 0; rate = Math.round(rate * 0.95)) {
      say(`holding ${rate} lines/s for ${options.minutes} minutes`);
      const readings = await watch.hold(rate, options.minutes * 60_000, heldSeconds);
      const last = readings.at(-1);
      if (last === undefined || last.lag > heldSeconds) {
        steps.push({ linesPerSecond: rate, lag: rounded(last?.lag ?? 0) });
        say(`${rate} lines/s cannot be held`);
        await watch.drain();
        continue;
      }
      return figuresOf(rate, readings, started.valueBytes, options, steps);
    }
    throw new Error('no rate could be held');
  } catch (error) {
    for (const { name } of members) say(await readFile(join(folder, `${name}.log`), 'utf8').catch(() => ''));
    throw error;
  } finally {
    producer?.kill();
    await Promise.all(members.map((member) => member.stop()));
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await bus.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Producing {
  readonly process: ChildProcess;
  readonly valueBytes: number;
  written(): number;
}

/** What was seen at one moment; times and bytes so far, by process. */
interface Reading {
  readonly at: number;
  /** In seconds of the rate. */
  readonly lag: number;
  readonly processors: Readonly<Record<string, number>>;
  readonly resident: Readonly<Record<string, number>>;
}

class Watch {
  readonly #members: readonly Member[];
  readonly #producing: Producing;
  readonly #committed: () => Promise<number>;
  #pids: Readonly<Record<string, number>>;

  constructor(members: readonly Member[], producing: Producing, committed: () => Promise<number>) {
    this.#members = members;
    this.#producing = producing;
    this.#committed = committed;
    this.#pids = {
      producer: producing.process.pid ?? 0,
      ...Object.fromEntries(members.map(({ name, pid }) => [name, pid])),
    };
  }

  /** Measures the broker too, from now on: of several on this machine the one that works the most. */
  findBroker(since: ReadonlyMap<number, number>): void {
    const [broker] = [...processorSecondsOf(brokers())]
      .map(([pid, used]) => ({ pid, used: used - (since.get(pid) ?? 0) }))
      .sort((a, b) => b.used - a.used);
    if (broker !== undefined) this.#pids = { broker: broker.pid, ...this.#pids };
  }

  /** Writes at a rate for so long, or until it lags by more than `most` seconds; read twice a second. */
  async hold(rate: number, ms: number, most = Number.POSITIVE_INFINITY): Promise<Reading[]> {
    const readings: Reading[] = [];
    this.#producing.process.send(rate);
    const until = performance.now() + ms;
    while (performance.now() < until && (readings.at(-1)?.lag ?? 0) <= most) {
      await sleep(500);
      for (const { name, isRunning } of this.#members) if (!isRunning()) throw new Error(`${name} has ended`);
      readings.push({
        at: performance.now(),
        lag: Math.max(0, this.#producing.written() - (await this.#committed())) / rate,
        processors: this.#each((pid) => processorSeconds(pid) ?? Number.NaN),
        resident: Object.fromEntries(this.#members.map((each) => [each.name, each.residentBytes()])),
      });
    }
    return readings;
  }

  /** Writes nothing until everything is read. */
  async drain(): Promise<void> {
    this.#producing.process.send(0);
    await sleep(500); // what is in flight is told
    while ((await this.#committed()) < this.#producing.written()) await sleep(200);
  }

  #each(read: (pid: number) => number): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#pids).map(([name, pid]) => [name, read(pid)]));
  }
}

/** Those that are there, with what each has used so far. */
function processorSecondsOf(pids: readonly number[]): Map<number, number> {
  return new Map(
    pids.flatMap((pid) => {
      const used = processorSeconds(pid);
      return used === undefined ? [] : [[pid, used]];
    }),
  );
}

function startDetect(
  number: number,
  configFile: string,
  folder: string,
  profile: string | undefined,
): Member {
  const name = `detect-${number + 1}`;
  return startMember({
    name,
    args: ['run', 'analyzer', '--stage', 'detect'],
    env: {
      LOGPATROL_CONFIG: configFile,
      LOGPATROL_HTTP_PORT: '0',
      LOGPATROL_LOG_LEVEL: 'warn',
      LOGPATROL_DATA_DIR: folder,
      ...(profile !== undefined && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
    },
    logFile: join(folder, `${name}.log`),
  });
}

/** Old segments go, so that ten minutes do not fill the disk; the broker looks every five. What else is set has to be named again. */
export async function boundTopic(admin: ReturnType<Kafka['admin']>, name: string): Promise<void> {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type, name }],
  });
  const set = (resources[0]?.configEntries ?? []).filter(({ configSource }) => configSource === setOnTopic);
  const entries = [
    ...set.map(({ configName, configValue }) => ({ name: configName, value: configValue })),
    { name: 'retention.bytes', value: String(retentionBytes) },
    { name: 'segment.bytes', value: String(segmentBytes) },
  ];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries: entries }] });
}

export async function startProducer(address: string, topic: string): Promise<Producing> {
  const child = fork(fileURLToPath(new URL('sustain/producer.ts', import.meta.url)), [
    address,
    topic,
    String(partitions),
  ]);
  const ready = Promise.withResolvers<Written>();
  let records = 0;
  child.on('message', (message) => {
    if (!isWritten(message)) return;
    records = message.records;
    ready.resolve(message);
  });
  child.once('exit', (code) => ready.reject(new Error(`the producer ended with exit code ${code}`)));
  const { valueBytes } = await ready.promise;
  return { process: child, valueBytes, written: () => records };
}

function isWritten(message: unknown): message is Written {
  return typeof message === 'object' && message !== null && 'records' in message && 'valueBytes' in message;
}

function figuresOf(
  rate: number,
  readings: readonly Reading[],
  valueBytes: number,
  { minutes, processes }: SustainOptions,
  steps: SustainFigures['steps'],
): SustainFigures {
  const [first, middle, last] = [readings[0], readings[readings.length >> 1], readings.at(-1)];
  const lags = readings.map(({ lag }) => lag);
  const start = first?.at ?? 0;
  const byMinute = Map.groupBy(readings, ({ at }) => Math.floor((at - start) / 60_000));
  const resident = (name: string): [number, number, number] => [
    megabytes(first?.resident[name] ?? 0),
    megabytes(middle?.resident[name] ?? 0),
    megabytes(last?.resident[name] ?? 0),
  ];
  return {
    processes,
    minutes,
    linesPerSecond: rate,
    valueMegabytesPerSecond: megabytes(rate * valueBytes),
    textMegabytesPerSecond: megabytes(rate * lineBytes),
    lag: {
      median: rounded(median(lags)),
      most: rounded(Math.max(...lags)),
      byMinute: [...byMinute.values()].map((of) => rounded(median(of.map(({ lag }) => lag)))),
    },
    residentMegabytes: Object.fromEntries(
      Object.keys(first?.resident ?? {}).map((name) => [name, resident(name)]),
    ),
    processors: processorsOf(readings),
    steps,
  };
}

function processorsOf(readings: readonly Reading[]): Record<string, number> {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return {};
  const seconds = (last.at - first.at) / 1000;
  return Object.fromEntries(
    Object.entries(last.processors).map(([name, used]) => [
      name,
      rounded((used - (first.processors[name] ?? 0)) / seconds),
    ]),
  );
}

function describe(readings: readonly Reading[]): string {
  return Object.entries(processorsOf(readings))
    .map(([name, processors]) => `${name} ${processors}`)
    .join(', ');
}

const rounded = (value: number): number => Math.round(100 * value) / 100;
