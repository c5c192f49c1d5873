import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import {
  copyStage,
  makeTopic,
  numbers,
  patience,
  readAll,
  readCount,
  unique,
  valuesOf,
  writeNumbers,
} from '../contract/harness.ts';
import type { Bus } from '../port.ts';
import { Line } from './line.ts';
import { TestBuses } from './test-bus.ts';

const address = kafkaAddress();

/** EndTxn. */
const endTransaction = 26;

/** The next message of a child that has the property. */
async function heard(child: ChildProcess, property: string): Promise<void> {
  for (;;) {
    const [message]: unknown[] = await once(child, 'message');
    if (typeof message === 'object' && message !== null && property in message) return;
  }
}

describe.skipIf(address === undefined)('failures on Kafka', { concurrent: true, timeout: 60_000 }, () => {
  const buses = new TestBuses(address ?? '');
  const children: ChildProcess[] = [];
  let bus: Bus;
  beforeAll(async () => {
    bus = await buses.open();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await buses.close();
  });

  function startChild(group: string, input: string, output: string, how: 'hold' | 'open'): ChildProcess {
    const script = join(import.meta.dirname, 'child-member.ts');
    const child = fork(script, [address ?? '', buses.prefix, group, input, output, how]);
    children.push(child);
    return child;
  }

  it('voids at once the transaction in which a member was killed', async () => {
    const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
    await writeNumbers(bus, input, 1, 0, 5);
    const child = startChild(group, input, output, 'open');
    await once(child, 'exit');
    await writeNumbers(bus, output, 1, 100, 1); // lies behind what the dead member has left open
    const member = await bus.run(copyStage(group, input, output, 'successor'));
    const records = await readCount(bus, output, 6); // its transaction would end by itself after a minute
    await member.stop();
    expect(valuesOf(records)).toEqual([0, 1, 2, 3, 4, 100]);
  });

  it('takes nothing from a member that was stopped past its session, nor lets it disturb its successor', async () => {
    const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
    await writeNumbers(bus, input, 1, 0, 5);
    const child = startChild(group, input, output, 'hold');
    await heard(child, 'batch');
    child.kill('SIGSTOP');
    const takeovers: number[] = [];
    const observer = { takeover: () => takeovers.push(Date.now()) };
    const own = await buses.open({ observer, clientId: 'a-rightful' });
    const rightful = await own.run(copyStage(group, input, output, 'rightful'));
    await readCount(bus, output, 5);
    child.send('go on');
    child.kill('SIGCONT');
    await heard(child, 'active');
    await writeNumbers(bus, input, 1, 5, 5);
    await readCount(bus, output, 10);
    // it has joined again by the time that its second takeover could have come; it must not have fenced the rightful one
    await vi.waitUntil(async () => {
      const admin = buses.kafka.admin();
      await admin.connect();
      const { groups } = await admin.describeGroups([buses.prefix + group]);
      await admin.disconnect();
      return groups[0]?.members.length === 2;
    }, patience);
    await writeNumbers(bus, input, 1, 10, 5);
    const records = await readCount(bus, output, 15);
    await rightful.stop();
    expect(valuesOf(records)).toEqual(numbers(15));
    expect(new Set(records.map((record) => record.headers.by))).toEqual(new Set(['rightful']));
    expect(takeovers).toHaveLength(1);
  });

  it('takes its partition over again when it was fenced and still is the owner', async () => {
    const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
    const member = await bus.run(copyStage(group, input, output));
    await writeNumbers(bus, input, 1, 0, 5);
    await readCount(bus, output, 5);
    const stale = buses.kafka.producer({
      transactionalId: `${buses.prefix}${group}-${input}-0`,
      maxInFlightRequests: 1,
    });
    await stale.connect();
    await (await stale.transaction()).abort();
    await stale.disconnect();
    await writeNumbers(bus, input, 1, 5, 5);
    const records = await readCount(bus, output, 10);
    await member.stop();
    expect(valuesOf(records)).toEqual(numbers(10));
  });

  it('goes on by itself after an outage longer than its session', async () => {
    const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
    const line = await Line.open(address ?? '');
    const own = await buses.open({ socketFactory: line.socketFactory });
    const member = await own.run(copyStage(group, input, output));
    await writeNumbers(bus, input, 1, 0, 5);
    await readCount(bus, output, 5);
    line.cut();
    await writeNumbers(bus, input, 1, 5, 5);
    await vi.waitUntil(() => member.active().length === 0, patience);
    expect(await own.health()).toMatchObject({
      name: 'kafka',
      ok: false,
      remedy: expect.stringContaining('reachable'),
    });
    expect(valuesOf(await readAll(bus, output))).toEqual(numbers(5));
    line.mend();
    const records = await readCount(bus, output, 10);
    await vi.waitUntil(() => member.active().length === 1, patience);
    await member.stop();
    line.close();
    expect(valuesOf(records)).toEqual(numbers(10));
  });

  /** Deletes all records below the one at this place. */
  async function deleteBelow(topic: string, place: number): Promise<void> {
    const offsets: number[] = [];
    for await (const record of bus.read(topic)) offsets.push(record.offset);
    const admin = buses.kafka.admin();
    await admin.connect();
    const name = buses.prefix + topic;
    await admin.fetchTopicOffsets(name); // else it does not know who leads the topic
    const partitions = [{ partition: 0, offset: String(offsets[place]) }];
    await admin.deleteTopicRecords({ topic: name, partitions });
    await admin.disconnect();
  }

  it.each(['while it is away', 'while it runs'])(
    'tells a member that records were deleted before they were read, %s, and goes on behind them',
    async (when) => {
      const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
      const troubles: Error[] = [];
      const line = await Line.open(address ?? '');
      const own = await buses.open({
        socketFactory: line.socketFactory,
        observer: { trouble: ({ error }) => troubles.push(error) },
      });
      await writeNumbers(bus, input, 1, 0, 5);
      let member = await own.run(copyStage(group, input, output));
      await readCount(bus, output, 5);
      if (when === 'while it runs') line.cut();
      else await member.stop();
      await writeNumbers(bus, input, 1, 5, 5);
      await deleteBelow(input, 8);
      line.mend();
      if (when !== 'while it runs') member = await own.run(copyStage(group, input, output));
      const records = await readCount(bus, output, 7);
      await member.stop();
      line.close();
      expect(valuesOf(records)).toEqual([0, 1, 2, 3, 4, 8, 9]);
      const told = troubles.filter(({ message }) => message.includes('deleted before they were read'));
      expect(told).toMatchObject([{ kind: 'unusable-environment' }]);
    },
  );

  it.each([
    ['took place', 'answer', [0, 1, 2]],
    ['did not take place', 'request', [0, 2]],
  ] as const)('knows of a commit whose answer was lost that it %s', async (_, what, expected) => {
    const topic = await makeTopic(bus);
    const line = await Line.open(address ?? '');
    const own = await buses.open({ socketFactory: line.socketFactory });
    const writer = await own.writer(unique('writer'));
    const write = (value: number) => writer.write([{ topic, key: null, value: String(value), partition: 0 }]);
    await write(0);
    line.lose(what, endTransaction);
    const written = write(1);
    if (what === 'answer') await written;
    else await expect(written).rejects.toMatchObject({ kind: 'unreachable' });
    await write(2);
    expect(valuesOf(await readAll(bus, topic))).toEqual(expected);
    await writer.close();
    line.close();
  });
});
