/**
 * A storm of 1,000 incidents within a minute, 20 of them critical, over a steady load of lines, through the real stages on real
 * Kafka, with a stand-in model that answers in 5 s, two questions at a time; and the same without a model.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Finding, type Severity } from '#shared/model/index.ts';
import { type Member, startMember } from '#test/integrity/member.ts';
import { freePort } from '#test/stack/server.ts';
import { type OllamaStandIn, sampleReply, startOllama } from '#test/stand-ins/ollama/index.ts';
import { median, megabytes, quantile } from './measure.ts';
import { failureLine, input, type StormFailure, stormOf, stormPack } from './storm/failures.ts';
import { Watch } from './storm/watch.ts';
import { boundTopic, partitions, startProducer } from './sustain.ts';

const incidents = 1000;
const criticals = 20;
const stormMs = 60_000;
const answerMs = 5000;
const concurrency = 2;
/** Of what the stage holds in memory for incidents that wait; the default of the analyzer. */
const queueBound = 64 * 1024 * 1024;
/** What the last critical incidents are waited for, after the storm. */
const calmMs = 20_000;
/** Within so long every critical finding is to be there. */
const targetMs = 10_000;
const model = 'storm:8b';

/** Milliseconds from an incident's first line to its finding on the topic. */
interface Times {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

export interface StormRun {
  /** Findings that came, of as many incidents. */
  readonly told: number;
  /** To the first finding of each. */
  readonly firstFinding: Readonly<Record<Severity, Times>>;
  /** Critical ones: how many of the first findings held the answer, and to the answer where one came. */
  readonly criticalWithAnswerAtFirst: number;
  /** Critical ones without any finding within 10 s; none is the target. */
  readonly criticalTooLate: number;
  readonly criticalAnswer: Times;
  readonly mostWaitingIncidents: number;
  readonly mostWaitingMegabytes: number;
  readonly preempted: number;
  readonly askedAtOnce: number;
  /** Of detect, in seconds of the rate: of readings twice a second, during the storm. */
  readonly lag: { readonly median: number; readonly most: number };
  readonly linesPerSecond: number;
}

export interface StormFigures {
  readonly withModel: StormRun;
  readonly withoutModel: StormRun;
  readonly queueBoundMegabytes: number;
}

export interface StormOptions {
  readonly kafkaAddress: string;
  /** Other lines a second, all the time. */
  readonly rate: number;
  readonly say: (line: string) => void;
}

export async function benchStorm(options: StormOptions): Promise<StormFigures> {
  const withoutModel = await run(options, undefined);
  const ollama = await startOllama({
    models: [model],
    parallel: concurrency,
    reply: sampleReply(answerMs),
  });
  try {
    const withModel = await run(options, ollama);
    return { withModel, withoutModel, queueBoundMegabytes: megabytes(queueBound) };
  } finally {
    await ollama.close();
  }
}

async function run(
  { kafkaAddress, rate, say }: StormOptions,
  ollama: OllamaStandIn | undefined,
): Promise<StormRun> {
  const name = ollama === undefined ? 'without a model' : 'with a model';
  const prefix = `storm-${process.pid}-${ollama === undefined ? 0 : 1}.`;
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-storm-'));
  const port = await freePort();
  const rules = join(folder, 'storm.yaml');
  await writeFile(rules, JSON.stringify(stormPack));
  const settings = {
    dataDir: folder,
    logLevel: 'warn',
    http: { port },
    kafka: { brokers: [kafkaAddress], prefix },
    routes: { app: { partitions } },
    rules: { shipped: false, paths: [rules] },
    reasoning: { concurrency },
    ...(ollama !== undefined && { ollama: { url: ollama.url, model } }),
  };
  const config = ConfigSchema.parse(settings);
  if (config.kafka === undefined) throw new Error('no kafka');
  const configFile = join(folder, 'logpatrol.yaml');
  await writeFile(configFile, JSON.stringify(settings));
  const logger = pino({ level: 'silent' });
  const bus = await openKafkaBus({ kafka: config.kafka, clientId: 'storm', logger });
  const admin = new Kafka({ brokers: [kafkaAddress], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  let member: Member | undefined;
  let producer: Awaited<ReturnType<typeof startProducer>> | undefined;
  const logFile = join(folder, 'analyzer.log');
  try {
    await bus.setup(topicSpecs(config));
    await boundTopic(admin, prefix + input);
    member = startMember({
      name: 'analyzer',
      args: ['--config', configFile, 'run', 'analyzer'],
      env: {},
      logFile,
    });
    producer = await startProducer(kafkaAddress, prefix + input);
    say(`${name}: warming up with ${rate} lines/s`);
    producer.process.send(rate);
    const watch = new Watch(bus, member, producer.written, port, rate);
    await watch.untilCaughtUp();
    say(`${name}: ${incidents} incidents within ${stormMs / 1000} s, ${criticals} of them critical`);
    const watching = watch.during(stormMs + calmMs);
    const sent = await raise(bus, watch);
    await watching;
    producer.process.send(0);
    return { ...(await figuresOf(bus, sent)), ...watch.figures(), askedAtOnce: ollama?.mostRunning() ?? 0 };
  } catch (error) {
    say(await readFile(logFile, 'utf8').catch(() => ''));
    throw error;
  } finally {
    producer?.process.kill();
    await member?.stop();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await bus.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the storm's lines, each when its time has come, and says when each was written. */
async function raise(bus: Bus, watch: Watch): Promise<Map<string, { severity: Severity; at: number }>> {
  const writer = await bus.writer('storm');
  const sent = new Map<string, { severity: Severity; at: number }>();
  const began = Date.now();
  let waiting: readonly StormFailure[] = stormOf(incidents, criticals, stormMs);
  while (waiting.length > 0) {
    const now = Date.now();
    const due = waiting.filter(({ afterMs }) => began + afterMs <= now);
    waiting = waiting.slice(due.length);
    for (const failure of due) sent.set(failure.name, { severity: failure.severity, at: now });
    if (due.length > 0) await writer.write(due.map((failure) => failureLine(failure, now)));
    watch.wroteMore(due.length);
    await sleep(20);
  }
  await writer.close();
  return sent;
}

async function figuresOf(bus: Bus, sent: ReadonlyMap<string, { severity: Severity; at: number }>) {
  const first = new Map<string, { ms: number; hasAnswer: boolean }>();
  const answers = new Map<string, number>();
  for await (const record of bus.read('findings')) {
    if (record.value === null) continue;
    const finding = Finding.parse(JSON.parse(record.value.toString()));
    const failure = /storm failure \w+ in module ([a-z-]+)/.exec(finding.exemplars[0]?.text ?? '')?.[1] ?? '';
    const line = sent.get(failure);
    if (line === undefined) continue;
    const ms = record.timestamp - line.at;
    const hasAnswer = finding.reasoning === 'model';
    if (!first.has(failure)) first.set(failure, { ms, hasAnswer });
    if (hasAnswer && !answers.has(failure)) answers.set(failure, ms);
  }
  const of = (severity: Severity, times: Iterable<[string, number]>) =>
    timesOf([...times].filter(([failure]) => sent.get(failure)?.severity === severity).map(([, ms]) => ms));
  const firsts = [...first].map(([failure, { ms }]): [string, number] => [failure, ms]);
  return {
    told: first.size,
    firstFinding: {
      critical: of('critical', firsts),
      warning: of('warning', firsts),
      info: of('info', firsts),
    },
    criticalWithAnswerAtFirst: [...first].filter(
      ([failure, { hasAnswer }]) => hasAnswer && sent.get(failure)?.severity === 'critical',
    ).length,
    criticalTooLate: [...sent].filter(
      ([failure, { severity }]) =>
        severity === 'critical' && (first.get(failure)?.ms ?? Number.POSITIVE_INFINITY) > targetMs,
    ).length,
    criticalAnswer: of('critical', answers),
  };
}

function timesOf(ms: readonly number[]): Times {
  if (ms.length === 0) return { count: 0, median: 0, p99: 0, most: 0 };
  return { count: ms.length, median: median(ms), p99: quantile(ms, 0.99), most: Math.max(...ms) };
}
