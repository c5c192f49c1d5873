/**
 * Polling of 200 BMCs every 30 s by one process with at most 32 processes of its own: ten simulated BMCs with the real ipmitool, 170
 * stand-ins that answer after 1 to 8 s, 20 that are dead or hang. And the time from an event in a BMC's log to the card.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Metric } from '#shared/model/index.ts';
import { type Member, startMember } from '#test/integrity/member.ts';
import { noBmc, type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';
import { freePort } from '#test/stack/server.ts';
import { type CardTimes, timesToCards } from './ipmi/cards.ts';
import { median, megabytes, quantile } from './measure.ts';

const intervalSeconds = 30;
const servers = 200;
const simulated = 10;
const dead = 20;
/** At the start everything is done at once: compiling, first polls that read what does not change. */
const warmUpMs = 90_000;

const compileCache = fileURLToPath(new URL('../../node_modules/.cache/logpatrol', import.meta.url));

const limits = { gapSeconds: 35, megabytes: 150, cores: 0.1, cardSeconds: intervalSeconds + 3 };

export interface IpmiFigures {
  readonly minutes: number;
  readonly polls: number;
  /** From the beginning of a poll that was answered to that of the next, of live BMCs, in seconds. */
  readonly gap: { readonly median: number; readonly p99: number; readonly longest: number };
  /** From the end of one to the end of the next: how old readings become. */
  readonly longestGapOfEnds: number;
  /** Until the last live BMC had answered once. */
  readonly firstAnswerSeconds: number;
  readonly answeredOf: readonly [number, number];
  readonly deadPolls: { readonly least: number; readonly most: number };
  /** Of the process that runs the service, without the processes that it starts. */
  readonly megabytes: { readonly median: number; readonly most: number };
  readonly cores: number;
  readonly mostProcesses: number;
  readonly eventToCard: CardTimes;
  readonly missed: readonly string[];
}

export interface IpmiOptions {
  readonly kafkaAddress: string;
  readonly elasticsearchAddress: string;
  readonly minutes: number;
  readonly events: number;
  readonly say: (line: string) => void;
}

export async function benchIpmi(options: IpmiOptions): Promise<IpmiFigures> {
  if (noBmc !== undefined) throw new Error(noBmc);
  const polling = await pollFleet(options);
  const eventToCard = await timesToCards({ intervalSeconds, events: options.events, say: options.say });
  const missed = [
    ...(polling.gap.longest > limits.gapSeconds ? [`a BMC was not polled for ${polling.gap.longest} s`] : []),
    ...(polling.answeredOf[0] < polling.answeredOf[1] ? ['some live BMCs did not answer'] : []),
    ...(polling.megabytes.most > limits.megabytes ? [`${polling.megabytes.most} MB of memory`] : []),
    ...(polling.cores > limits.cores ? [`${polling.cores} of a core`] : []),
    ...(eventToCard.most > limits.cardSeconds ? [`a card came ${eventToCard.most} s after the event`] : []),
  ];
  return { ...polling, eventToCard, missed };
}

async function pollFleet({
  kafkaAddress,
  elasticsearchAddress,
  minutes,
  say,
}: IpmiOptions): Promise<Omit<IpmiFigures, 'eventToCard' | 'missed'>> {
  const prefix = `ipmi-${process.pid}.`;
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-ipmi-'));
  const bmcs = await Promise.all(Array.from({ length: simulated }, () => startBmc()));
  const settings = {
    dataDir: folder,
    logLevel: 'warn',
    http: { port: await freePort() },
    kafka: { brokers: [kafkaAddress], prefix },
    // Nothing is written there by this service.
    elasticsearch: { url: elasticsearchAddress, namespace: `ipmi-${process.pid}` },
    ipmi: {
      intervalSeconds,
      concurrency: 32,
      ipmitool: fileURLToPath(new URL('../stand-ins/ipmitool/ipmitool', import.meta.url)),
      servers: fleet(bmcs),
    },
  };
  const config = ConfigSchema.parse(settings);
  if (config.kafka === undefined) throw new Error('no kafka');
  const configFile = join(folder, 'logpatrol.yaml');
  await writeFile(configFile, JSON.stringify(settings));
  const bus = await openKafkaBus({
    kafka: config.kafka,
    clientId: 'ipmi',
    logger: pino({ level: 'silent' }),
  });
  const logFile = join(folder, 'ipmi.log');
  let member: Member | undefined;
  try {
    await bus.setup(topicSpecs(config));
    const began = Date.now();
    member = startMember({
      name: 'ipmi',
      args: ['--config', configFile, 'run', 'ipmi'],
      // As cli/logpatrol.js sets it.
      env: { IPMI_PASSWORD: bmcs[0]?.password ?? '', NODE_COMPILE_CACHE: compileCache },
      logFile,
    });
    say(`${servers} BMCs for ${minutes} minutes`);
    const use = await watch(member, settings.http.port, minutes * 60_000, say);
    const stopMs = await member.stop();
    say(`stopped within ${stopMs} ms`);
    return { minutes, ...(await gapsOf(bus, began)), ...use };
  } catch (error) {
    say(await readFile(logFile, 'utf8').catch(() => ''));
    throw error;
  } finally {
    await member?.kill();
    await Promise.all(bmcs.map((bmc) => bmc.stop()));
    const admin = new Kafka({ brokers: [kafkaAddress], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await bus.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function fleet(bmcs: readonly SimulatedBmc[]): { name: string; host: string; port?: number; user: string }[] {
  return Array.from({ length: servers }, (_, index) => {
    const name = `server-${String(index).padStart(3, '0')}`;
    const user = 'ipmiusr';
    // Ten of each among the others, as they are in a list that people keep.
    const bmc = index % 20 === 0 ? bmcs[index / 20] : undefined;
    if (bmc !== undefined) return { name, host: bmc.host, port: bmc.port, user };
    if (index % 10 === 5) return { name, host: `${name}.${index % 20 === 5 ? 'dead' : 'hangs'}`, user };
    const ms = 1000 + 100 * ((index * 37) % 71);
    return { name, host: `${name}.takes-${ms}ms`, user };
  });
}

/** Processor time of the process alone, in seconds; man 5 proc, fields 14 and 15, in hundredths. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function watch(member: Member, port: number, forMs: number, say: (line: string) => void) {
  const began = Date.now();
  const memory: number[] = [];
  let mostProcesses = 0;
  let from: { at: number; seconds: number } | undefined;
  while (Date.now() - began < forMs) {
    await sleep(1000);
    if (!member.isRunning()) throw new Error('the service ended');
    memory.push(member.residentBytes());
    const page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    );
    mostProcesses = Math.max(
      mostProcesses,
      Number(/^logpatrol_ipmi_polls_running (\d+)/m.exec(page)?.[1] ?? 0),
    );
    if (from === undefined && Date.now() - began > Math.min(warmUpMs, forMs / 2))
      from = { at: Date.now(), seconds: await processorSeconds(member.pid) };
    if (memory.length % 60 === 0) say(`${megabytes(memory.at(-1) ?? 0)} MB`);
  }
  const { at, seconds } = from ?? { at: began, seconds: 0 };
  const used = (await processorSeconds(member.pid)) - seconds;
  return {
    megabytes: { median: megabytes(median(memory)), most: megabytes(Math.max(...memory)) },
    cores: rounded((1000 * used) / (Date.now() - at), 3),
    mostProcesses,
  };
}

async function gapsOf(bus: Bus, began: number) {
  const starts = new Map<string, number[]>();
  const ends = new Map<string, number[]>();
  const tries = new Map<string, number>();
  for await (const { value } of bus.read(topic.metrics('ipmi'))) {
    const metric = Metric.parse(JSON.parse(String(value)));
    if (metric.kind !== 'status') continue;
    tries.set(metric.server, (tries.get(metric.server) ?? 0) + 1);
    if (metric.outcome !== 'ok') continue;
    const at = Date.parse(metric.timestamp);
    starts.set(metric.server, [...(starts.get(metric.server) ?? []), at]);
    ends.set(metric.server, [...(ends.get(metric.server) ?? []), at + metric.tookMs]);
  }
  const gaps = [...starts.values()].flatMap(gapsBetween);
  const deadTries = [...tries].filter(([name]) => !starts.has(name)).map(([, count]) => count);
  return {
    polls: [...tries.values()].reduce((sum, count) => sum + count, 0),
    gap: {
      median: rounded(median(gaps), 2),
      p99: rounded(quantile(gaps, 0.99), 2),
      longest: rounded(Math.max(...gaps), 2),
    },
    longestGapOfEnds: rounded(Math.max(...[...ends.values()].flatMap(gapsBetween)), 2),
    firstAnswerSeconds: rounded(
      Math.max(...[...ends.values()].map(([first = 0]) => first - began)) / 1000,
      1,
    ),
    answeredOf: [starts.size, servers - dead] as const,
    deadPolls: { least: Math.min(...deadTries), most: Math.max(...deadTries) },
  };
}

/** In seconds. */
function gapsBetween(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => (at - (times[index] ?? at)) / 1000);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
