import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Metric, Reading, ServerStatus } from '#shared/model/index.ts';
import { buses } from '#test/stack/buses.ts';
import { openMachineBoard } from './board.ts';
import { Machine } from './machine.ts';
import { Trend } from './trend.ts';

vi.setConfig({ testTimeout: 60_000 });

const minute = 60_000;
const start = Date.UTC(2026, 10, 21, 12);
const iso = (at: number) => new Date(at).toISOString();

function reading(sensor: string, changes: Partial<Reading> = {}): Reading {
  return {
    kind: 'reading',
    ...{ id: `${sensor} ${changes.timestamp ?? ''}`, timestamp: iso(start), source: 'ipmi' },
    ...{
      server: 'db-1-bmc',
      host: 'db-1',
      sensor,
      sensorKind: 'temperature',
      value: 46,
      unit: 'Cel',
      status: 'ok',
    },
    ...changes,
  };
}

function status(changes: Partial<ServerStatus> = {}): ServerStatus {
  return {
    kind: 'status',
    ...{ id: 'status', timestamp: iso(start), source: 'ipmi', server: 'db-1-bmc', host: 'db-1' },
    ...{ outcome: 'ok', failures: 0, tookMs: 900, power: 'on', health: 'ok', toldAfter: 2 },
    ...changes,
  };
}

describe('a machine', () => {
  it('shows the sensor in question first, then what is wrong, then what is worth a look', () => {
    const machine = new Machine();
    machine.status(status());
    for (const one of [
      reading('Inlet Temp'),
      reading('12V', { sensorKind: 'voltage' }),
      reading('FAN2', { sensorKind: 'fan', status: 'warning' }),
      reading('FAN1', { sensorKind: 'fan', status: 'critical' }),
      reading('FAN3', { sensorKind: 'fan', status: 'absent' }),
      reading('DIMM Temp', { status: 'critical', ignored: true }),
      reading('PSU1', { sensorKind: 'state' }),
    ])
      machine.take(one);
    const names = (about?: string) => machine.state(start, about)?.readings.map(({ sensor }) => sensor);
    expect(names()).toEqual(['FAN1', 'FAN2', 'Inlet Temp']);
    expect(names('PSU1')).toEqual(['PSU1', 'FAN1', 'FAN2', 'Inlet Temp']);
  });

  it('shows a course that ends with what the sensor says now', () => {
    const machine = new Machine();
    machine.status(status());
    for (const [second, value] of [40, 46, 46, 46, 85].entries())
      machine.take(reading('CPU Temp', { timestamp: iso(start - minute + second * 40_000), value }));
    const [shown] = machine.state(start + 2 * minute, 'CPU Temp')?.readings ?? [];
    expect(shown).toMatchObject({ value: 85, trend: { means: [43, 85] } });
  });

  it('leaves out a sensor that says nothing, also the one in question', () => {
    const machine = new Machine();
    machine.status(status());
    const { value: _, unit: __, ...silent } = reading('SEL', { sensorKind: 'state', states: [] });
    machine.take(silent);
    expect(machine.state(start, 'SEL')?.readings).toEqual([]);
  });

  it("has its own system's figures beside its BMC's", () => {
    const machine = new Machine();
    machine.status(status({ power: 'on', outcome: 'ok' }));
    machine.status(
      status({ source: 'system', server: 'db-1', power: 'unknown', cpuPercent: 91, memoryPercent: 40 }),
    );
    machine.take(
      reading('disk /', { source: 'system', sensorKind: 'percent', value: 93, unit: '%', status: 'warning' }),
    );
    expect(machine.state(start, undefined)).toMatchObject({
      ...{ server: 'db-1-bmc', power: 'on', cpuPercent: 91, memoryPercent: 40 },
      readings: [{ sensor: 'disk /', value: 93, unit: '%', status: 'warning' }],
    });
  });

  it('says nothing of what is long past, and keeps the newest of what comes out of order', () => {
    const machine = new Machine();
    machine.status(status());
    machine.take(reading('CPU Temp', { timestamp: iso(start + minute), value: 50 }));
    machine.take(reading('CPU Temp', { timestamp: iso(start), value: 40 }));
    expect(machine.state(start + minute, undefined)?.readings[0]?.value).toBe(50);
    machine.status(status({ timestamp: iso(start + 20 * minute) }));
    expect(machine.state(start + 20 * minute, undefined)?.readings).toEqual([]);
    expect(machine.state(start + 60 * minute, undefined)).toBeUndefined();
  });
});

describe('a trend', () => {
  it('has the means of equal steps, and gaps where there was nothing', () => {
    const trend = new Trend();
    trend.add(start, 10);
    expect(trend.course()).toBeUndefined();
    trend.add(start + 1000, 20);
    trend.add(start + 6 * minute, 30);
    expect(trend.course()).toEqual({ startAt: start, stepMs: 3 * minute, means: [15, null, 30] });
  });

  it('forgets what is older than its steps, whatever the order', () => {
    const trend = new Trend();
    for (let step = 0; step < 200; step++) trend.add(start + step * 3 * minute, step);
    trend.add(start, 1e6);
    const course = trend.course();
    expect(course?.means).toEqual(Array.from({ length: 60 }, (_, index) => 140 + index));
    expect(course?.startAt).toBe(start + 140 * 3 * minute);
    trend.add(start + 10_000 * 3 * minute, 1);
    expect(trend.course()).toBeUndefined();
  });
});

const silent = pino({ level: 'silent' });

describe.each(buses)('the board on the %s bus', (_, isAbsent, openHarness) => {
  it.skipIf(isAbsent)(
    'follows readings from where the indexer is, and gives the machines of a finding',
    async () => {
      const harness = await openHarness();
      const { bus } = harness;
      const specs = topicSpecs(ConfigSchema.parse({})).filter(({ name }) => name.startsWith('metrics.'));
      await bus.setup(specs);
      const writer = await bus.writer('test');
      const write = (...metrics: Metric[]) =>
        writer.write(
          metrics.map((metric) => ({
            topic: topic.metrics(metric.source),
            key: metric.host,
            value: JSON.stringify(metric),
          })),
        );
      await write(reading('CPU Temp'), status());
      const board = openMachineBoard({ bus, logger: silent, megabytes: 1, pollMs: 20, clock: () => start });
      try {
        await vi.waitFor(() => expect(board.of(['DB-1'])).toHaveLength(1), { timeout: 20_000 });
        await writer.write([{ topic: topic.metrics('ipmi'), key: 'x', value: 'no metric' }]);
        await write(
          reading('CPU Temp', { timestamp: iso(start + 3 * minute), value: 97, status: 'critical' }),
          status({ source: 'system', server: 'db-1', cpuPercent: 91 }),
        );
        await vi.waitFor(
          () =>
            expect(board.of(['db-1', 'db-2'], 'CPU Temp')).toMatchObject([
              { cpuPercent: 91, readings: [{ sensor: 'CPU Temp', value: 97, trend: { means: [46, 97] } }] },
            ]),
          { timeout: 20_000 },
        );
      } finally {
        board.close();
        await writer.close();
        await harness.close();
      }
    },
  );

  it.skipIf(isAbsent)('knows what was published before it was asked to look', async () => {
    const harness = await openHarness();
    const { bus } = harness;
    await bus.setup(topicSpecs(ConfigSchema.parse({})).filter(({ name }) => name.startsWith('metrics.')));
    const writer = await bus.writer('test');
    const board = openMachineBoard({
      bus,
      logger: silent,
      megabytes: 1,
      pollMs: 3_600_000,
      clock: () => start,
    });
    try {
      await board.refresh();
      for (const value of [46, 85]) {
        const records = [reading('CPU Temp', { timestamp: iso(start + value), value }), status()];
        await writer.write(
          records.map((one) => ({ topic: topic.metrics('ipmi'), key: 'db-1', value: JSON.stringify(one) })),
        );
        await Promise.all([board.refresh(), board.refresh()]);
        expect(board.of(['db-1'])).toMatchObject([{ readings: [{ sensor: 'CPU Temp', value }] }]);
      }
    } finally {
      board.close();
      await writer.close();
      await harness.close();
    }
  });
});
