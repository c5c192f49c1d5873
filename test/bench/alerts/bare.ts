import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { openChannel } from '#services/notifier/channels/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Message } from '#shared/model/index.ts';

const calls = 300;
const pauseMs = 20;

/** Milliseconds of one POST after the other of the cards that went out of the outbox, each until its answer is read. */
export async function bareCalls(bus: Bus, webhook: string): Promise<number[]> {
  const bodies = await bodiesOf(bus);
  const times: number[] = [];
  for (let index = 0; index < calls; index += 1) {
    const body = bodies[index % bodies.length] ?? '';
    const began = performance.now();
    const answer = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
    });
    const text = await answer.text();
    times.push(performance.now() - began);
    if (!text.includes('"code":0')) throw new Error(`a bare call was refused: ${text}`);
    await sleep(pauseMs);
  }
  return times;
}

/** The bodies that a custom bot's channel makes of the first messages in the outbox. */
async function bodiesOf(bus: Bus): Promise<string[]> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    bodies.push(Buffer.concat(chunks).toString('utf8'));
    response.end('{"code":0,"msg":"success","data":{}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const webhook = `http://127.0.0.1:${address.port}/`;
  const config = ConfigSchema.parse({ channels: { feishu: { type: 'feishu', webhook } } });
  const channel = await openChannel('feishu', config);
  for await (const { value } of bus.read(topic.outbox('feishu'))) {
    if (bodies.length >= 100) break;
    if (value === null) continue;
    const message = Message.parse(JSON.parse(value.toString()));
    await channel.send(
      { kind: 'card', message },
      {
        now: Date.now(),
        signal: new AbortController().signal,
        language: config.language,
        idempotencyKey: message.id,
        plain: false,
      },
    );
  }
  server.closeAllConnections();
  server.close();
  return bodies;
}

/** Milliseconds of a small record's way through Kafka, from before it is produced until a consumer of the same process has it. */
export async function bareRoundTrips(address: string, isTransactional: boolean): Promise<number[]> {
  const kafka = new Kafka({ brokers: [address], clientId: 'bare', logLevel: logLevel.NOTHING });
  const name = `bare-${process.pid}-${Date.now()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }] });
  const consumer = kafka.consumer({ groupId: name, maxWaitTimeInMs: 500 });
  const producer = kafka.producer({
    maxInFlightRequests: 1,
    idempotent: true,
    ...(isTransactional && { transactionalId: name }),
  });
  const times: number[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [name], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) =>
        void times.push(performance.now() - Number(message.value?.toString())),
    });
    await producer.connect();
    for (let index = 0; index < calls; index += 1) {
      const record = { topic: name, messages: [{ value: String(performance.now()) }] };
      if (isTransactional) {
        const transaction = await producer.transaction();
        await transaction.send(record);
        await transaction.commit();
      } else await producer.send(record);
      await sleep(pauseMs);
    }
    while (times.length < calls) await sleep(pauseMs);
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.deleteTopics({ topics: [name] });
    await admin.disconnect();
  }
  return times.slice(calls / 10);
}
