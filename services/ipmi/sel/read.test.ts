import { describe, expect, it } from 'vitest';
import type { SelEvent, SelPosition } from '#shared/model/index.ts';
import { readNewRecords, type SelRead, toDocuments } from './index.ts';
import { ModelBmc, type ModelOptions, type NewModelRecord, timeOut } from './testing/model-bmc.ts';

const startMs = Date.UTC(2026, 10, 21, 12);
const ecc: NewModelRecord = [0x02, 0, 0, 0, 0, 0x20, 0, 0x04, 0x0c, 0x06, 0x6f, 0x00, 0xff, 0xff];
const untimed: NewModelRecord = [0xe1, 1, 2, 3];
const bmcNames = { name: 'bmc-1', host: '10.0.0.1', hostName: 'web-1' };

function start(options: Partial<ModelOptions> = {}) {
  const bmc = new ModelBmc(startMs, options);
  let position: SelPosition | undefined;
  async function read(more: { most?: number; until?: number } = {}): Promise<SelRead> {
    const found = await readNewRecords(bmc.session(), position, {
      ...{ server: 'bmc-1', clock: () => bmc.nowMs, most: 500, sensors: [] },
      ...more,
    });
    position = found.position;
    return found;
  }
  const events = async (): Promise<SelEvent[]> => toDocuments(await read(), bmcNames);
  return { bmc, read, events };
}

const times = (events: readonly SelEvent[]) =>
  events.map((event) => Date.parse(event['@timestamp']) - startMs);

describe('readNewRecords', () => {
  it('asks three things of a BMC where nothing is new, and gives the same position back', async () => {
    const { bmc, read } = start();
    bmc.add(ecc);
    const first = await read();
    bmc.nowMs += 30_000;
    const commands = bmc.commands;
    const second = await read();
    expect(bmc.commands - commands).toBe(3);
    expect(second.events).toEqual([]);
    expect(second.position).toBe(first.position);
    bmc.nowMs += 10 * 60_000;
    expect((await read()).position?.updatedAt).not.toBe(first.position?.updatedAt);
  });

  it('keeps what it read before the session ended, and goes on from there', async () => {
    const { bmc, read } = start();
    for (let count = 0; count < 10; count += 1) bmc.add(ecc);
    bmc.beforeCommand = () => {
      if (bmc.commands > 6) timeOut();
    };
    const cut = await read();
    expect([cut.events.length, cut.isComplete, cut.trouble?.outcome]).toEqual([4, false, 'unreachable']);
    bmc.beforeCommand = () => undefined;
    const rest = await read();
    expect([rest.events.length, rest.isComplete]).toEqual([6, true]);
  });

  it('rejects where the BMC does not answer at all, and waits while the log is erased', async () => {
    const { bmc, read } = start();
    bmc.beforeCommand = timeOut;
    await expect(read()).rejects.toMatchObject({ outcome: 'unreachable' });
    bmc.beforeCommand = () => undefined;
    bmc.isErasing = true;
    const waiting = await read();
    expect(waiting).toMatchObject({ events: [], position: undefined });
    expect(waiting.notes).toEqual(['Get SEL Info: the log is being erased']);
  });

  it('reads no further once its time is over', async () => {
    const { bmc, read } = start();
    bmc.add(ecc);
    bmc.add(ecc);
    expect(await read({ until: bmc.nowMs })).toMatchObject({ events: [], notes: ['no time was left'] });
    expect((await read()).events).toHaveLength(2);
  });

  it('tells a record from one with the same id, time and bytes before a clear in that second', async () => {
    const { bmc, read } = start();
    bmc.add(ecc);
    const before = await read();
    bmc.clear();
    bmc.add(ecc);
    const after = await read();
    const kinds = after.events.map((event) => event.kind);
    expect(kinds).toEqual(['log', 'record']);
    expect(after.events[1]).toMatchObject({ id: 1, generation: 1 });
    const [one, other] = [toDocuments(before, bmcNames)[0], toDocuments(after, bmcNames)[1]];
    expect(one?.event.original).toBe(other?.event.original);
    expect(one?.event.id).not.toBe(other?.event.id);
  });

  it('finds a clear that the BMC does not state behind a last record that is alike', async () => {
    const { bmc, read } = start({ statesErase: false });
    bmc.add(ecc);
    bmc.add(untimed);
    await read();
    bmc.nowMs += 60_000;
    bmc.clear();
    bmc.add(ecc);
    bmc.add(untimed);
    expect((await read()).events.filter((event) => event.kind === 'record')).toHaveLength(2);
  });

  it('keeps what is no record', async () => {
    const { bmc, events } = start();
    bmc.add(ecc);
    const [record] = bmc.records;
    if (record === undefined) throw new Error('no record');
    bmc.records = [{ ...record, bytes: record.bytes.subarray(0, 9) }];
    expect(await events()).toMatchObject([{ ipmi: { record_id: 1, event: { class: 'unknown' } } }]);
  });
});

describe('times of events', () => {
  it('of a first reading stay those of the records, also where they state none', async () => {
    const { bmc, events } = start();
    bmc.nowMs = startMs - 1000 * 86_400_000;
    bmc.add(untimed);
    bmc.add(ecc);
    bmc.add(untimed);
    bmc.nowMs = startMs;
    const read = await events();
    expect(times(read)).toEqual(Array(3).fill(-1000 * 86_400_000));
    expect(read.map(({ ipmi }) => ipmi.time.source)).toEqual(['order', 'bmc', 'order']);
  });

  it('without a time are those of the reading', async () => {
    const { bmc, events, read } = start();
    bmc.add(ecc);
    await read();
    bmc.add(untimed);
    bmc.nowMs += 20_000;
    const [event] = await events();
    expect(event?.['@timestamp']).toBe(new Date(bmc.nowMs).toISOString());
    expect(event?.ipmi.time).toEqual({ offset_ms: 0, preinit: false, source: 'read' });
  });

  it('have the offset of before, where the clock was set since', async () => {
    const { bmc, events, read } = start();
    bmc.clockOffsetSeconds = 3600;
    bmc.add(ecc);
    await read();
    bmc.nowMs += 10_000;
    bmc.add(ecc);
    bmc.nowMs += 10_000;
    bmc.clockOffsetSeconds = 0;
    bmc.add(ecc);
    bmc.nowMs += 10_000;
    const found = await events();
    // Half a second off: the BMC's clock is told in whole seconds.
    expect(times(found).map((time) => Math.round(time / 1000))).toEqual([10, 20]);
    expect(found.map(({ ipmi }) => Math.round(ipmi.time.offset_ms / 1000))).toEqual([3601, 0]);
  });

  it('from before the clock was set are counted from the start of the BMC', async () => {
    const { bmc, events } = start();
    bmc.clockOffsetSeconds = undefined;
    bmc.nowMs += 5000;
    bmc.add(ecc);
    bmc.nowMs += 100_000;
    const found = await events();
    expect(times(found)).toEqual([5000]);
    expect(found[0]?.ipmi.time).toEqual({ offset_ms: 0, preinit: true, source: 'uptime' });
  });

  it('of an earlier start of the BMC are as late as what follows', async () => {
    const { bmc, events } = start();
    bmc.clockOffsetSeconds = undefined;
    bmc.nowMs += 5000;
    bmc.add(ecc);
    bmc.nowMs += 20_000;
    bmc.startedAtMs = bmc.nowMs;
    bmc.nowMs += 2000;
    bmc.add(ecc);
    bmc.nowMs += 1000;
    expect(times(await events())).toEqual([27_000, 27_000]);
  });

  it('are never in the future', async () => {
    const { bmc, events, read } = start();
    await read();
    bmc.clockOffsetSeconds = 7200;
    bmc.nowMs += 10_000;
    bmc.add(ecc);
    bmc.clockOffsetSeconds = 0;
    bmc.nowMs += 10_000;
    const [event] = await events();
    expect(event?.['@timestamp']).toBe(new Date(bmc.nowMs).toISOString());
    expect(event?.ipmi.time).toMatchObject({
      source: 'order',
      bmc: new Date(startMs + 7_210_000).toISOString(),
    });
  });
});
