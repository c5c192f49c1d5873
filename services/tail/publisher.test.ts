import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bus, Writer } from '#shared/bus/port.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { createBatch } from './batch.ts';
import { createPublisher } from './publisher.ts';
import { type Bench, messages, openBench, positions, silent } from './testing/harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

/** The real bus, the first writes of which fail as told: before they are done, or after. */
function failing(bus: Bus, failures: { when: 'before' | 'after'; error: Error }[]): Bus {
  const faulty = Object.create(bus) as Bus;
  faulty.writer = async (id) => {
    const writer = await bus.writer(id);
    return {
      async write(records) {
        const failure = failures.shift();
        if (failure?.when === 'before') throw failure.error;
        await writer.write(records);
        if (failure !== undefined) throw failure.error;
      },
      close: () => writer.close(),
    } satisfies Writer;
  };
  faulty.read = (...parameters) => bus.read(...parameters);
  return faulty;
}

function batchOf(message: string, offset: number) {
  const batch = createBatch();
  batch.addLine({ topic: 'logs.app', key: 'k', value: JSON.stringify({ message }) });
  batch.addPosition(
    {
      source: 'tail:h1:1:2',
      path: '/a.log',
      identity: { device: '1', inode: '2', head: 'h', headLength: 4, generation: 'g' },
      offset,
      updatedAt: new Date(offset).toISOString(),
    },
    offset,
    () => {},
  );
  return batch;
}

const unreachable = new LogpatrolError('unreachable', 'the broker does not answer');

it('writes a batch once, whether it failed before or after it was written', async () => {
  const bus = failing(bench.bus, [
    { when: 'after', error: unreachable },
    { when: 'before', error: unreachable },
    { when: 'before', error: new LogpatrolError('no-space', 'the disk is full') },
  ]);
  const publisher = createPublisher(bus, 'h1', silent, new AbortController().signal);
  await publisher.open();
  await publisher.publish(batchOf('one', 10));
  await publisher.publish(batchOf('two', 20));
  expect(await messages(bench.bus)).toEqual(['one', 'two']);
  expect((await positions(bench.bus)).get('tail:h1:1:2')?.offset).toBe(20);
  expect(publisher.trouble).toBeUndefined();
  await publisher.close();
});

it('gives up where another has taken over', async () => {
  const publisher = createPublisher(bench.bus, 'h1', silent, new AbortController().signal);
  await publisher.open();
  await bench.bus.writer('tail-h1');
  await expect(publisher.publish(batchOf('one', 10))).rejects.toMatchObject({ kind: 'fenced' });
  expect(await messages(bench.bus)).toEqual([]);
});

it('stops waiting for a bus that is away', async () => {
  const stopping = new AbortController();
  const bus = failing(
    bench.bus,
    Array.from({ length: 1000 }, () => ({ when: 'before', error: unreachable })),
  );
  const publisher = createPublisher(bus, 'h1', silent, stopping.signal);
  await publisher.open();
  const publishing = publisher.publish(batchOf('one', 10));
  stopping.abort();
  await expect(publishing).rejects.toThrow();
});
