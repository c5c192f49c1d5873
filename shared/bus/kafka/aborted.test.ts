import { createRequire } from 'node:module';
import type { Producer, Transaction } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { makeTopic, readAll, text } from '../contract/harness.ts';
import type { Bus } from '../port.ts';
import { AbortedTransactions } from './aborted.ts';
import type { AbortedTransaction, FetchedMessage } from './internals.ts';
import { TestBuses } from './test-bus.ts';

/** A record, `commit` or `abort` of a producer. */
function message(offset: number, producerId: string, value: string): FetchedMessage {
  const isControlRecord = value === 'commit' || value === 'abort';
  return {
    offset: String(offset),
    timestamp: '0',
    key: isControlRecord ? Buffer.from([0, 0, 0, value === 'commit' ? 1 : 0]) : null,
    value: Buffer.from(value),
    headers: {},
    isControlRecord,
    batchContext: { firstOffset: String(offset), lastOffsetDelta: 0, producerId, inTransaction: true },
  };
}

function shown(messages: readonly FetchedMessage[], listed: readonly AbortedTransaction[]): string[] {
  const aborted = new AbortedTransactions(listed);
  return messages
    .filter((one) => !aborted.isAborted(one, Number(one.offset)) && one.isControlRecord !== true)
    .map((one) => String(one.value));
}

// two producers whose transactions lie inside one another, aborted in the order in which they did not begin
const interleaved = [
  message(0, '1', 'void a'),
  message(1, '2', 'void b'),
  message(2, '3', 'kept'),
  message(3, '1', 'void c'),
  message(4, '2', 'abort'),
  message(5, '3', 'commit'),
  message(6, '2', 'kept later'),
  message(7, '1', 'void d'),
  message(8, '1', 'abort'),
  message(9, '2', 'commit'),
];
const listed = [
  { producerId: '2', firstOffset: '1' },
  { producerId: '1', firstOffset: '0' },
];

describe('aborted transactions', () => {
  it('are left out, in whatever order they were aborted', () => {
    expect(shown(interleaved, listed)).toEqual(['kept', 'kept later']);
  });

  it('are left out of a fetch that starts inside several of them', () => {
    expect(shown(interleaved.slice(3), listed)).toEqual(['kept later']);
  });

  it("are shown in part by kafkajs' own filter, which is why there is this one", () => {
    const filter: unknown = createRequire(import.meta.url)('kafkajs/src/consumer/filterAbortedMessages');
    if (typeof filter !== 'function') throw new Error('kafkajs has no such filter');
    const passed: FetchedMessage[] = Reflect.apply(filter, undefined, [
      { messages: interleaved, abortedTransactions: listed },
    ]);
    expect(passed.map((one) => String(one.value))).toContain('void a');
  });
});

const address = kafkaAddress();

describe.skipIf(address === undefined)('aborted transactions on Kafka', () => {
  const buses = new TestBuses(address ?? '');
  let bus: Bus;
  const producers: Producer[] = [];
  beforeAll(async () => {
    bus = await buses.open();
  });
  afterAll(async () => {
    await Promise.all(producers.map((producer) => producer.disconnect()));
    await buses.close();
  });

  async function begin(name: string): Promise<Transaction> {
    const producer = buses.kafka.producer({
      transactionalId: `${buses.prefix}${name}`,
      maxInFlightRequests: 1,
    });
    producers.push(producer);
    await producer.connect();
    return producer.transaction();
  }

  it('of several producers in one partition are never read, from wherever the reading starts', async () => {
    const topic = await makeTopic(bus);
    const send = (transaction: Transaction, value: string) =>
      transaction.send({ topic: buses.prefix + topic, messages: [{ value, partition: 0 }] });
    const [first, second, third, kept] = [
      await begin('1'),
      await begin('2'),
      await begin('3'),
      await begin('4'),
    ];
    for (const round of ['a', 'b', 'c']) {
      await send(first, `void 1${round}`);
      await send(second, `void 2${round}`);
      await send(third, `void 3${round}`);
      await send(kept, `kept ${round}`);
    }
    await third.abort();
    await send(first, 'void 1d');
    await kept.commit();
    await second.abort();
    await send(first, 'void 1e');
    await first.abort();
    expect((await readAll(bus, topic)).map(text)).toEqual(['kept a', 'kept b', 'kept c']);
    for (let from = 0; from < 20; from += 1) {
      const values: string[] = [];
      for await (const record of bus.read(topic, { from: new Map([[0, from]]) })) values.push(text(record));
      expect(values, `from ${from}`).toEqual(
        ['kept a', 'kept b', 'kept c'].filter((_, index) => index * 4 + 3 >= from),
      );
    }
  });
});
