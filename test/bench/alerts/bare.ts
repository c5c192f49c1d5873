import { once } from 'node:events';
import { createServer } from 'node:http';
import { Kafka, logLevel } from 'kafkajs';
import { openChannel } from '#services/notifier/channels/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Message } from '#shared/model/index.ts';

/** Milliseconds of one POST to the far side, until its answer is read. @throws where it is refused */
export async function barePost(webhook: string, body: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
  });
  const text = await answer.text();
  if (!text.includes('"code":0')) throw new Error(`a bare call was refused: ${text}`);
  return performance.now() - began;
}

/** The bodies that a custom bot's channel makes of the first messages in the outbox. */
export async function bodiesOf(bus: Bus): Promise<string[]> {
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

/** A small record's way through Kafka and back to the same process, with kafkajs alone. */
export interface RoundTrips {
  /** Milliseconds from before a record is produced until a consumer has it. */
  one(): Promise<number>;
  close(): Promise<void>;
}

/** @param isTransactional whether each record is a transaction, and the consumer reads what is committed */
export async function openRoundTrips(address: string, isTransactional: boolean): Promise<RoundTrips> {
  const kafka = new Kafka({ brokers: [address], clientId: 'bare', logLevel: logLevel.NOTHING });
  const name = `bare-${process.pid}-${isTransactional ? 'transactions' : 'records'}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }] });
  const consumer = kafka.consumer({ groupId: name, maxWaitTimeInMs: 500 });
  const producer = kafka.producer({
    maxInFlightRequests: 1,
    idempotent: true,
    ...(isTransactional && { transactionalId: name }),
  });
  let arrived: () => void = () => {};
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async () => arrived() });
  await producer.connect();
  return {
    async one() {
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived = resolve;
      const began = performance.now();
      const record = { topic: name, messages: [{ value: 'there and back' }] };
      if (isTransactional) {
        const transaction = await producer.transaction();
        await transaction.send(record);
        await transaction.commit();
      } else await producer.send(record);
      await promise;
      return performance.now() - began;
    },
    async close() {
      await consumer.disconnect();
      await producer.disconnect();
      await admin.deleteTopics({ topics: [name] });
      await admin.disconnect();
    },
  };
}
