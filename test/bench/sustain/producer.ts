/**
 * The process that writes: `node producer.ts ADDRESS TOPIC PARTITIONS`. Makes its record batches once, compressed, and sends them
 * again and again at the rate that its parent asks for, so that it costs little of the machine. Tells its parent what it has written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { filebeatEvent } from '../events.ts';
import { ProduceRequests } from './produce-requests.ts';
import { encodeRecordBatch } from './record-batch.ts';

/** What the producer says: once when it is ready, then ten times a second. */
export interface Written {
  /** Records that the broker has confirmed. */
  readonly records: number;
  /** Mean bytes of a value. */
  readonly valueBytes: number;
}

const batchRecords = 1000;
/** Different ones, so that neither the broker nor the compression sees the same bytes all the time. */
const batches = 64;
/** Beyond this it waits for the broker, and the rate is not reached. */
const mostInFlight = 16;

async function main(address: string, topic: string, partitions: number): Promise<void> {
  const now = Date.now();
  let valueBytes = 0;
  const prepared = Array.from({ length: batches }, (_, batch) =>
    encodeRecordBatch(
      Array.from({ length: batchRecords }, (_, index) => {
        const value = Buffer.from(filebeatEvent(batch * batchRecords + index, now));
        valueBytes += value.length;
        return value;
      }),
      now,
    ),
  );
  const tell = (records: number): void => {
    process.send?.({ records, valueBytes: valueBytes / (batches * batchRecords) } satisfies Written);
  };
  const requests = await ProduceRequests.connect(address, topic);
  let rate = 0;
  process.on('message', (asked) => {
    rate = Number(asked);
  });
  process.on('disconnect', () => process.exit());

  let written = 0;
  let sent = 0;
  let due = 0;
  let told = 0;
  let last = performance.now();
  tell(0);
  for (;;) {
    await sleep(5);
    const at = performance.now();
    due = Math.min(due + (rate * (at - last)) / 1000, mostInFlight * batchRecords);
    last = at;
    for (; due >= batchRecords && requests.inFlight < mostInFlight; due -= batchRecords) {
      const batch = prepared[sent % batches] ?? Buffer.alloc(0);
      requests.send(sent % partitions, batch).then(
        () => {
          written += batchRecords;
        },
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
      sent += 1;
    }
    if (at - told > 100) {
      told = at;
      tell(written);
    }
  }
}

const [address = '', topic = '', partitions = ''] = process.argv.slice(2);
await main(address, topic, Number(partitions));
