/**
 * What the Kafka adapter itself costs: records a second, transactions on, of a stage that looks for a word in each record and
 * passes on one in a hundred, and the memory of its process. `node test/bench/kafka-consume.ts HOST:PORT [EVENTS]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import { registerCodecs } from '#shared/bus/kafka/codecs.ts';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { StageDefinition } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { fill } from './fill.ts';
import { megabytes, peakResidentBytes } from './measure.ts';

const partitions = 4;
const input = 'logs.bench';
const output = 'bench-out';

function kafkaConfig(address: string, prefix: string) {
  const { kafka } = ConfigSchema.parse({ kafka: { brokers: [address], prefix } });
  if (kafka === undefined) throw new Error('no kafka');
  return kafka;
}

async function consume(address: string, prefix: string, events: number): Promise<void> {
  const bus = await openKafkaBus({
    kafka: kafkaConfig(address, prefix),
    clientId: 'bench',
    logger: pino({ level: 'warn' }),
  });
  const finished = Promise.withResolvers<void>();
  let seen = 0;
  let started = 0;
  let processor = process.cpuUsage();
  const word = /OutOfMemoryError|connection refused/;
  const stage: StageDefinition = {
    group: 'bench',
    input,
    start: 'committed',
    state: [],
    task: (partition) => ({
      handle: (given) => {
        if (given.kind !== 'batch') return { records: [] };
        if (seen === 0) {
          started = performance.now();
          processor = process.cpuUsage();
        }
        let hits = 0;
        for (const { value } of given.records) if (value && word.test(value.toString('latin1'))) hits += 1;
        seen += given.records.length;
        if (seen >= events) finished.resolve();
        const last = given.records.at(-1)?.offset ?? 0;
        const passed = given.records.filter((_, index) => index % 100 === 0);
        return {
          records: passed.map(({ value }) => ({ topic: output, key: `${hits}`, value, partition })),
          covers: last + 1,
        };
      },
    }),
  };
  const member = await bus.run(stage);
  await finished.promise;
  const rate = (seen / (performance.now() - started)) * 1000;
  const { user, system } = process.cpuUsage(processor);
  await member.stop();
  await bus.close();
  console.log(
    `${Math.round(rate)} records/s, ${((user + system) / seen).toFixed(2)} µs of processor time each, ` +
      `${megabytes(peakResidentBytes(process.pid))} MB resident at the most`,
  );
}

async function main(address: string, events: number): Promise<void> {
  const prefix = `bench-${process.pid}.`;
  await registerCodecs();
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
  const bus = await openKafkaBus({
    kafka: kafkaConfig(address, prefix),
    clientId: 'bench',
    logger: pino({ level: 'silent' }),
  });
  const spec = { partitions, cleanup: 'delete', maxRecordBytes: 4 * 1024 * 1024 } as const;
  const producer = kafka.producer();
  try {
    await bus.setup([
      { ...spec, name: input },
      { ...spec, name: output },
    ]);
    await producer.connect();
    const { valueBytes } = await fill(producer, prefix + input, partitions, events);
    console.log(`${events} events, ${megabytes(valueBytes)} MB`);
    const child = fork(import.meta.filename, ['--consume', address, prefix, String(events)]);
    await once(child, 'exit');
  } finally {
    await producer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [prefix + input, prefix + output] });
    await admin.disconnect();
    await bus.close();
  }
}

const [first = '', second = '', third = '', fourth = ''] = process.argv.slice(2);
if (first === '--consume') await consume(second, third, Number(fourth));
else await main(first, Number(second || 1_000_000));
