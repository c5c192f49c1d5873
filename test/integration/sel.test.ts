import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '#services/ipmi/bmc/index.ts';
import type { Bmc, SensorReading } from '#services/ipmi/inspection.ts';
import { readNewRecords, type SelRead, toDocuments } from '#services/ipmi/sel/index.ts';
import { SelEvent, type SelPosition } from '#shared/model/index.ts';
import { noBmc, type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';

const logger = pino({ level: 'silent' });

/** An event message of a sensor as Add SEL Entry takes it; the BMC fills in id and time. */
function event(type: number, number: number, eventType: number, ...data: readonly number[]): number[] {
  return [0, 0, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, type, number, eventType, ...data];
}

class Machine {
  readonly simulator: SimulatedBmc;
  readonly bmc: Bmc;
  #sensors: readonly SensorReading[] | undefined;

  constructor(simulator: SimulatedBmc) {
    this.simulator = simulator;
    this.bmc = {
      ...{ name: 'bmc-7', host: simulator.host, port: simulator.port, hostName: 'web-7', group: undefined },
      ...{ user: simulator.user, password: async () => simulator.password, cipherSuite: 3 },
      ...{ privilege: 'administrator', tool: 'ipmitool', intervalSeconds: 30, maxRetries: 2 },
      timeoutSeconds: 30,
    };
  }

  async read(position: SelPosition | undefined, most = 5000): Promise<SelRead> {
    const session = await openSession(this.bmc, {
      ...{ timeoutMs: 60_000, signal: new AbortController().signal, logger, ipmitool: 'ipmitool' },
    });
    try {
      this.#sensors ??= await session.sensors();
      const options = { server: this.bmc.name, clock: Date.now, most, sensors: this.#sensors };
      return await readNewRecords(session, position, options);
    } finally {
      await session.close();
    }
  }

  async events(position: SelPosition | undefined): Promise<{ events: SelEvent[]; position: SelPosition }> {
    const read = await this.read(position);
    if (read.position === undefined) throw new Error(read.notes.join('; '));
    const events = toDocuments(read, this.bmc).map((document) => SelEvent.parse(document));
    return { events, position: read.position };
  }

  /** Writes records in one session. */
  async add(records: readonly (readonly number[])[]): Promise<void> {
    const file = join(tmpdir(), `logpatrol-sel-${process.pid}.txt`);
    const lines = records.map(
      (record) => `raw 0x0a 0x44 ${record.map((byte) => `0x${byte.toString(16)}`).join(' ')}`,
    );
    await writeFile(file, `${lines.join('\n')}\n`);
    await this.simulator.ipmitool('exec', file).finally(() => rm(file));
  }
}

const words = (documents: readonly SelEvent[]): string[] =>
  documents.map(({ ipmi }) => `${ipmi.sensor?.name ?? ''} ${ipmi.event.description}`.trim());

describe.skipIf(noBmc !== undefined)('the SEL of a real BMC', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = new Machine(await startBmc({ selEntries: 3000 }));
  });
  beforeEach(async () => {
    await machine.simulator.setClock(0);
    await machine.simulator.ipmitool('sel', 'clear');
  });
  afterAll(() => machine.simulator.stop());

  it('is told in the words of ipmitool, for all types and offsets', { timeout: 120_000 }, async () => {
    const types = [...Array.from({ length: 0x2f }, (_, type) => type), 0xc1, 0xf0, 0xf1, 0xf2];
    const offsets = Array.from({ length: 16 }, (_, offset) => offset);
    const records = [
      ...types.flatMap((type) => offsets.map((offset) => event(type, 0x63, 0x6f, offset, 0xff, 0xff))),
      ...Array.from({ length: 0x0e }, (_, code) => code).flatMap((code) =>
        offsets.map((offset) => event(0x04, 0x63, code | 0x80, offset, 0xff, 0xff)),
      ),
      ...[0x08, 0x0f, 0x2b].flatMap((type) =>
        offsets
          .slice(0, 8)
          .flatMap((offset) =>
            Array.from({ length: 28 }, (_, code) => event(type, 0x63, 0x6f, 0xc0 | offset, code, 0xff)),
          ),
      ),
      event(0x01, 1, 0x01, 0x57, 97, 95),
      event(0x04, 3, 0x01, 0x52, 7, 8),
      event(0x04, 3, 0x81, 0x52, 9, 8),
      event(0x01, 1, 0x81, 0x57, 94, 95),
      event(0x0c, 0, 0x6f, 0x20, 0xff, 0x21),
      event(0x70, 1, 0x72, 0x01, 2, 3),
      [0, 0, 0xc1, 0, 0, 0, 0, 0x57, 0x01, 0x00, 1, 2, 3, 4, 5, 6],
      [0, 0, 0xe1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
      [0, 0, 0xf0, 0x20, 0, ...Buffer.from('Fatal excep')],
    ];
    await machine.add(records);
    const printed = (await machine.simulator.ipmitool('sel', 'elist')).trimEnd().split('\n');
    expect(printed).toHaveLength(records.length);
    const { events } = await machine.events(undefined);
    const own = events.filter(({ ipmi }) => ipmi.event.class !== 'log');
    expect(own).toHaveLength(records.length);
    let compared = 0;
    for (const [index, line] of printed.entries()) {
      const theirs = line.split('|').map((column) => column.trim());
      const ours = (own[index]?.message ?? '').split('|').map((column) => column.trim());
      expect(ours[0]).toBe(theirs[0]);
      if (!line.includes('OEM record') && !line.includes('kernel panic')) {
        expect(ours[3], line).toBe(theirs[3]);
        // Where it has no words of its own, those of the specification stand, or the numbers.
        if (theirs[4] !== '') expect(ours[4], line).toBe(theirs[4]);
        expect(ours.slice(5, theirs.length), line).toEqual(theirs.slice(5));
      } else {
        // Times of timed records only; the columns before them differ by the year's digits.
        expect(own[index]?.message, line).toContain(theirs.slice(line.includes('c1') ? 3 : 1).join(' | '));
      }
      compared += theirs[4] === '' ? 0 : 1;
    }
    expect(compared).toBeGreaterThan(350);
  });

  it('is read on over a clear, the ids going on, and a clear with the same ids', async () => {
    await machine.add([event(0x0c, 6, 0x6f, 0x00, 0xff, 0xff), event(0x0c, 6, 0x6f, 0x01, 0xff, 0xff)]);
    const first = await machine.events(undefined);
    expect(words(first.events)).toEqual(['DIMM A1 Correctable ECC', 'DIMM A1 Uncorrectable ECC']);
    expect(first.events.map(({ ipmi }) => ipmi.severity)).toEqual(['warning', 'critical']);

    const second = await machine.events(first.position);
    expect(second.events).toEqual([]);

    await machine.add([event(0x08, 5, 0x6f, 0x01, 0xff, 0xff)]);
    await machine.simulator.ipmitool('sel', 'clear');
    await machine.add([event(0x08, 5, 0xef, 0x01, 0xff, 0xff)]);
    const third = await machine.events(second.position);
    expect(third.events.map(({ message }) => message.split(' | ').slice(3).join(' | '))).toEqual([
      expect.stringMatching(
        /^Event Logging Disabled SEL \| Log area reset\/cleared \| Asserted \| 1 records/,
      ),
      'Power Supply PSU1 Status | Failure detected | Deasserted',
    ]);
    expect(third.position.generation).toBe(first.position.generation + 1);
    expect((await machine.events(third.position)).events).toEqual([]);
  });

  it('tells a threshold event with what was read, in its unit', async () => {
    const { position } = await machine.events(undefined);
    await machine.simulator.console('sensor_set_value 0x20 0 1 0x61 1');
    const { events } = await machine.events(position);
    await machine.simulator.console('sensor_set_value 0x20 0 1 0x2e 1');
    expect(events).toHaveLength(1);
    expect(events[0]?.message).toMatch(
      /\| Temperature CPU Temp \| Upper Non-critical going high \| Asserted \| Reading 97 > Threshold 95 degrees C$/,
    );
    expect(events[0]?.ipmi).toMatchObject({
      sensor: { name: 'CPU Temp', number: 1, type: 'Temperature', type_code: 1 },
      event: { direction: 'asserted', offset: 7, class: 'threshold', data: '57615f' },
      reading: { value: 97, threshold: 95, unit: 'Cel' },
      severity: 'warning',
    });
  });

  it('is dated by our clock where the BMC is two hours ahead, also while that is mended', async () => {
    const { position } = await machine.events(undefined);
    await machine.simulator.setClock(7200);
    await machine.add([event(0x0c, 6, 0x6f, 0x00, 0xff, 0xff)]);
    const before = Date.now();
    const ahead = await machine.events(position);
    expect(Math.abs((ahead.position.clockOffsetMs ?? 0) - 7_200_000)).toBeLessThan(1500);
    expect(Math.abs(Date.parse(ahead.events[0]?.['@timestamp'] ?? '') - before)).toBeLessThan(5000);
    expect(ahead.events[0]?.ipmi.time).toMatchObject({ preinit: false, source: 'bmc' });
    expect(Date.parse(ahead.events[0]?.ipmi.time.bmc ?? '') - before).toBeGreaterThan(7_190_000);

    await machine.add([event(0x0c, 6, 0x6f, 0x01, 0xff, 0xff)]);
    await machine.simulator.setClock(0);
    await machine.add([event(0x0c, 6, 0x6f, 0x03, 0xff, 0xff)]);
    const mended = await machine.events(ahead.position);
    expect(words(mended.events)).toEqual(['DIMM A1 Uncorrectable ECC', 'DIMM A1 Memory Scrub Failed']);
    for (const document of mended.events)
      expect(Math.abs(Date.parse(document['@timestamp']) - Date.now())).toBeLessThan(10_000);
    expect(mended.position.clockOffsetMs).toBe(0);
  });

  it('keeps what the maker wrote in its own way', async () => {
    await machine.add([
      [0, 0, 0xc1, 0, 0, 0, 0, 0x57, 0x01, 0x00, 1, 2, 3, 4, 5, 6],
      [0, 0, 0xe1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
      [0, 0, 0x10, 0, 0, 0, 0, 0x20, 0x00, 0x04, 1, 1, 1, 1, 1, 1],
    ]);
    const { events } = await machine.events(undefined);
    expect(events.map(({ ipmi }) => [ipmi.record_type, ipmi.event.class, ipmi.oem?.manufacturer])).toEqual([
      [0xc1, 'oem', 343],
      [0xe1, 'oem', undefined],
      [0x10, 'unknown', undefined],
    ]);
    expect(events[1]?.ipmi.oem?.data).toBe('0102030405060708090a0b0c0d');
    for (const document of events) expect(document.ipmi.raw).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe.skipIf(noBmc !== undefined)('a SEL of 500 records', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = new Machine(await startBmc({ clockOffsetSeconds: null }));
  });
  afterAll(() => machine.simulator.stop());

  it('tells when it fills up, refuses records and is cleared; and dates what its BMC could not', async () => {
    const record = event(0x0c, 6, 0x6f, 0x00, 0xff, 0xff);
    await machine.add(Array(399).fill(record));
    const before = Date.now();
    const unset = await machine.events(undefined);
    expect(unset.events).toHaveLength(399);
    const times = unset.events.map((document) => Date.parse(document['@timestamp']));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(Math.min(...times)).toBeGreaterThan(before - 60_000);
    for (const { ipmi } of unset.events) expect(ipmi.time).toMatchObject({ preinit: true, source: 'uptime' });
    expect(unset.position.clockOffsetMs).toBeUndefined();

    await machine.simulator.setClock(0);
    const states = async (position: SelPosition) => {
      const read = await machine.events(position);
      const logs = read.events.flatMap(({ ipmi }) => (ipmi.event.log === undefined ? [] : [ipmi.event.log]));
      return { ...read, logs };
    };
    await machine.add([record]);
    const filling = await states(unset.position);
    expect([filling.events.length, filling.logs]).toEqual([2, ['filling']]);
    await machine.add(Array(75).fill(record));
    const almost = await states(filling.position);
    expect([almost.events.length, almost.logs]).toEqual([76, ['almost-full']]);
    await machine.add(Array(25).fill(record));
    expect((await states(almost.position)).logs).toEqual([]);
    await expect(machine.add([record])).rejects.toThrow();
    const over = await states(almost.position);
    expect([over.events.length, over.logs]).toEqual([26, ['overflow']]);
    expect(over.events.at(-1)?.message).toContain(
      'Event Logging Disabled SEL | Log full | Asserted | 500 records',
    );
    expect((await states(over.position)).events).toEqual([]);
    await machine.simulator.ipmitool('sel', 'clear');
    expect((await states(over.position)).logs).toEqual(['cleared', 'room']);
  });
});
