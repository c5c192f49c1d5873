/** Detect from real Kafka: events a second, bytes a second and memory of one `logpatrol run analyzer --stage detect`. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import { registerCodecs } from '#shared/bus/kafka/codecs.ts';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { startMember } from '#test/integrity/member.ts';
import { fill } from './fill.ts';
import { median, megabytes, peakResidentBytes } from './measure.ts';

export interface DetectFigures {
  readonly eventsPerSecond: number;
  readonly valueMegabytesPerSecond: number;
  readonly messageMegabytesPerSecond: number;
  readonly peakResidentMegabytes: number;
  readonly runs: readonly number[];
}

/**
 * Fills a topic of four partitions once, then lets a fresh group of one process read it from the beginning, `rounds` times. The
 * clock runs from the first committed offset seen to the last, so the start of Node is not in it.
 */
export async function benchDetect(options: {
  kafkaAddress: string;
  events: number;
  rounds: number;
  say: (line: string) => void;
}): Promise<DetectFigures> {
  const prefix = `bench-${process.pid}.`;
  const config = ConfigSchema.parse({ kafka: { brokers: [options.kafkaAddress], prefix } });
  if (config.kafka === undefined) throw new Error('no kafka');
  const logger = pino({ level: 'silent' });
  const bus = await openKafkaBus({ kafka: config.kafka, clientId: 'bench', logger });
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-'));
  await registerCodecs();
  const kafka = new Kafka({ brokers: [options.kafkaAddress], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await bus.setup(topicSpecs(config));
    const producer = kafka.producer();
    await producer.connect();
    options.say(`writing ${options.events} events`);
    const { valueBytes, messageBytes } = await fill(producer, `${prefix}logs.app`, 4, options.events);
    await producer.disconnect();
    const rates: number[] = [];
    let peak = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      const member = startMember({
        name: 'detect',
        args: ['run', 'analyzer', '--stage', 'detect'],
        env: {
          LOGPATROL_KAFKA_BROKERS: options.kafkaAddress,
          LOGPATROL_KAFKA_PREFIX: prefix,
          LOGPATROL_HTTP_PORT: '0',
          LOGPATROL_LOG_LEVEL: 'warn',
          LOGPATROL_DATA_DIR: folder,
        },
        logFile: join(folder, 'detect.log'),
      });
      const covered = async (): Promise<number> => {
        const offsets = await bus.committed('detect-logs.app', 'logs.app');
        return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
      };
      let first: { at: number; offset: number } | undefined;
      let last = { at: 0, offset: 0 };
      while (last.offset < options.events) {
        await sleep(100);
        last = { at: Date.now(), offset: await covered() };
        if (first === undefined && last.offset > 0) first = last;
        if (!member.isRunning())
          throw new Error(`detect ended: ${await readFile(join(folder, 'detect.log'), 'utf8')}`);
      }
      if (first === undefined || first.at === last.at) throw new Error('too few events to measure');
      rates.push(((last.offset - first.offset) / (last.at - first.at)) * 1000);
      peak = Math.max(peak, peakResidentBytes(member.pid));
      await member.stop();
      await admin.deleteGroups([`${prefix}detect-logs.app`]);
      options.say(`round ${round + 1}: ${Math.round(rates.at(-1) ?? 0)} events/s`);
    }
    const rate = median(rates);
    return {
      eventsPerSecond: Math.round(rate),
      valueMegabytesPerSecond: megabytes((rate * valueBytes) / options.events),
      messageMegabytesPerSecond: megabytes((rate * messageBytes) / options.events),
      peakResidentMegabytes: megabytes(peak),
      runs: rates.map(Math.round),
    };
  } finally {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await bus.close();
    await rm(folder, { recursive: true, force: true });
  }
}
