import type { BusRecord } from '../port.ts';
import type { CreateClient } from './client.ts';
import { Fetcher } from './fetcher.ts';

const fetchBytes = 1024 * 1024;

/** How long the broker keeps a fetch while a transaction is open in front of what is to be read. */
const waitMs = 100;

/**
 * Everything committed on a topic as it is at the call, partition after partition, in offset order. Waits for transactions
 * that are open at the call, for 10 s at the most: a commit that has just been confirmed may look open yet, and whoever has
 * written must find it.
 *
 * @param topic as the cluster names it
 * @param name as the records are to name it
 * @throws what kafkajs throws
 */
export async function* readSnapshot(
  createClient: CreateClient,
  topic: string,
  name: string,
  { partition, from }: { partition?: number; from?: ReadonlyMap<number, number> },
): AsyncGenerator<BusRecord> {
  const fetcher = new Fetcher(createClient, topic, name);
  try {
    const all = await fetcher.partitions();
    const wanted = partition === undefined ? all : all.filter((one) => one === partition);
    const parts: { partition: number; at: number; end: number }[] = [];
    for (const one of wanted) {
      const { begin, end } = await fetcher.bounds(one);
      parts.push({ partition: one, at: Math.max(begin, from?.get(one) ?? 0), end });
    }
    for (const part of parts) {
      for (let { at } = part; at < part.end; ) {
        const { records, next } = await fetcher.fetch(part.partition, at, fetchBytes, waitMs);
        for (const record of records) if (record.offset < part.end) yield record;
        at = next;
      }
    }
  } finally {
    fetcher.close();
  }
}
