import { describe, expect, it } from 'vitest';
import type { Reading } from '#shared/model/index.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import type { Store } from '../port.ts';
import { forever } from './line.ts';

const minute = 60_000;
/** Recent, as readings are. */
const start = Date.now() - 60 * minute;
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind);

/** One that has states in place of a value. */
function stateReading(at: number, server: string, states: string[]): Reading {
  const given = { server, host: `host-${server}`, sensor: 'PSU 1', sensorKind: 'state' as const, states };
  const {
    value: _value,
    unit: _unit,
    thresholds: _thresholds,
    group: _group,
    ...reading
  } = sampleReading(at, given);
  return reading;
}

export function metricContract(store: () => Store): void {
  const save = async (...metrics: Parameters<Store['saveMetrics']>[0]) => {
    const outcomes = kinds(await store().saveMetrics(metrics, forever));
    await store().refresh();
    return outcomes;
  };

  describe('readings', () => {
    it('are kept once, and all of them, whatever their names look like', async () => {
      const full = sampleReading(start, {
        server: 'round-trip',
        host: 'host-round-trip',
        sensor: 'P1-DIMM"; DROP TABLE readings; --\0\u{1f525}',
        sensorNumber: 255,
        entity: 'Memory Device 1',
        value: -0.125,
        thresholds: { lowerNonRecoverable: -10.5, lowerCritical: 0, upperNonRecoverable: 1e9 },
      });
      const state = stateReading(start, 'round-trip', ['Presence detected', 'AC lost', 'AC lost']);
      expect(await save(full, full, state)).toEqual(['stored', 'duplicate', 'stored']);
      expect(kinds(await store().saveMetrics([state, full], { ...forever, verify: true }))).toEqual([
        'duplicate',
        'duplicate',
      ]);
      const found = await store().latestReadings({ server: 'round-trip', limit: 10 });
      expect(found).toEqual([full, state]);
      const { server, sensor } = full;
      expect(await store().readings({ server, sensor, limit: 5 })).toEqual([full]);
    });

    it('are told apart by source, server and sensor', async () => {
      const [host, sensor] = ['apart', 'Temp'];
      const all = [
        sampleReading(start, { server: 'apart-1', host, sensor }),
        sampleReading(start, { server: 'apart-1', host, sensor: `${sensor} (3.1)` }),
        sampleReading(start, { server: 'apart-2', host, sensor }),
        sampleReading(start, { server: 'apart-2', host, sensor, source: 'system' }),
        sampleReading(start, { server: 'apart-2', host, sensor: 'temp' }),
      ];
      expect(await save(...all)).toEqual(all.map(() => 'stored'));
      const found = await store().latestReadings({ host, limit: 10 });
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)));
      expect(found.map(({ server }) => server)).toEqual(['apart-1', 'apart-1', ...Array(3).fill('apart-2')]);
      expect(await store().latestReadings({ host, source: 'system', limit: 10 })).toEqual([all[3]]);
      expect(await store().latestReadings({ host, limit: 2 })).toHaveLength(2);
    });

    it('of a sensor come oldest first, the newest of them where there are many', async () => {
      const [server, host, sensor] = ['many', 'many-host', 'FAN1'];
      const all = Array.from({ length: 20 }, (_, index) =>
        sampleReading(start + index * minute, {
          ...{ server, host, sensor, sensorKind: 'fan', unit: 'RPM', value: 5000 - index * 10 },
          status: index < 10 ? 'ok' : 'warning',
        }),
      );
      const others = all.map((reading) => sampleReading(Date.parse(reading.timestamp), { server, host }));
      // A straggler arrives after newer ones.
      await save(...all.slice(1), ...others);
      await save(...all.slice(0, 1));
      const found = async (query: object) => store().readings({ server, sensor, limit: 100, ...query });
      expect(await found({})).toEqual(all);
      expect(await found({ limit: 3 })).toEqual(all.slice(-3));
      const [from, to] = [start + 5 * minute, start + 12 * minute];
      expect(await found({ from, to })).toEqual(all.slice(5, 12));
      expect(await found({ host: 'another' })).toEqual([]);
      expect(await found({ source: 'system' })).toEqual([]);
      expect(await store().latestReadings({ server, limit: 10 })).toEqual([others[19], all[19]]);
      expect(await store().latestReadings({ server, to, limit: 10 })).toEqual([others[11], all[11]]);
      expect(await store().latestReadings({ server, from: start + 20 * minute, limit: 10 })).toEqual([]);
    });

    it('are summed up over time', async () => {
      const [server, host, sensor] = ['slices', 'slices-host', 'Inlet'];
      const values = [20, 22, 24, undefined, 30, 31];
      await save(
        ...values.flatMap((value, index) => {
          if (value === undefined) return [];
          const at = start + index * minute;
          return [
            sampleReading(at, { server, host, sensor, value }),
            sampleReading(at, { server, host, sensor: 'Outlet', value: 99 }),
          ];
        }),
      );
      const query = { server, sensor, from: start, to: start + 6 * minute };
      const at = (index: number) => start + index * 2 * minute;
      expect(await store().readingsOverTime(query, 3)).toEqual([
        { at: at(0), count: 2, min: 20, mean: 21, max: 22 },
        { at: at(1), count: 1, min: 24, mean: 24, max: 24 },
        { at: at(2), count: 2, min: 30, mean: 30.5, max: 31 },
      ]);
      expect(await store().readingsOverTime({ ...query, from: start - 6 * minute, to: start }, 1)).toEqual([
        { at: start - 6 * minute, count: 0, min: undefined, mean: undefined, max: undefined },
      ]);
    });

    it('that come late are kept, and names of any length', async () => {
      const [server, host] = ['late', 'late-host'];
      const day = 24 * 60 * minute;
      const old = [30, 3, 1, 0].map((days) =>
        sampleReading(start - days * day, { server, host, value: days }),
      );
      const long = sampleReading(start, { server, host, sensor: `long ${'x'.repeat(40_000)}` });
      expect(await save(...old, long)).toEqual([...old, long].map(() => 'stored'));
      expect(kinds(await store().saveMetrics(old, { ...forever, verify: true }))).toEqual(
        old.map(() => 'duplicate'),
      );
      expect(await store().readings({ server, sensor: 'CPU Temp', limit: 10 })).toEqual(old);
      const latest = await store().latestReadings({ server, limit: 10 });
      expect(latest).toEqual([old[3], long]);
    });

    it('of a server whose host gets another name are of one server', async () => {
      const server = 'renamed';
      const [before, after] = ['old-name', 'new-name'].map((host, minutes) => ({
        reading: sampleReading(start + minutes * minute, { server, host }),
        status: sampleStatus(start + minutes * minute, { server, host }),
      }));
      if (before === undefined || after === undefined) throw new Error('two were made');
      await save(after.reading, after.status, before.reading, before.status);
      expect(await store().latestReadings({ server, limit: 5 })).toEqual([after.reading]);
      expect(await store().serverStatuses({ server, limit: 5 })).toEqual([after.status]);
      const host = 'old-name';
      expect(await store().latestReadings({ host, limit: 5 })).toEqual([before.reading]);
      expect(await store().serverStatuses({ host, limit: 5 })).toEqual([before.status]);
      const { sensor } = after.reading;
      expect(await store().readings({ server, sensor, limit: 5 })).toEqual([before.reading, after.reading]);
    });

    it('end their wait with the signal', async () => {
      const signal = AbortSignal.abort(new Error('told to stop'));
      await expect(store().latestReadings({ limit: 1, signal })).rejects.toThrow('told to stop');
      await expect(store().saveMetrics([sampleReading(start)], { signal })).rejects.toThrow('told to stop');
    });
  });

  describe('statuses of servers', () => {
    it('are kept once, and their history', async () => {
      const [server, host] = ['history', 'history-host'];
      const failed = sampleStatus(start + minute, {
        ...{ server, host, outcome: 'unreachable', failures: 1, power: 'unknown', health: 'unknown' },
        reason: 'no answer within 20 s',
      });
      const all = [
        sampleStatus(start, { server, host }),
        failed,
        sampleStatus(start + 2 * minute, { server, host }),
      ];
      expect(await save(...all, failed)).toEqual(['stored', 'stored', 'stored', 'duplicate']);
      expect(await save(failed)).toEqual(['duplicate']);
      const found = (query: object) => store().statusHistory({ server, limit: 10, ...query });
      expect(await found({})).toEqual(all.toReversed());
      expect(await found({ limit: 1 })).toEqual([all[2]]);
      expect(await found({ to: start + 2 * minute })).toEqual([failed, all[0]]);
      expect(await found({ host: 'another' })).toEqual([]);
      expect(await store().serverStatuses({ server, to: start + 2 * minute, limit: 5 })).toEqual([failed]);
    });

    it('of a machine are one: from its BMC, with what its own system says of it', async () => {
      const host = 'machine-1';
      const from = start;
      const outside = sampleStatus(start + minute, { server: 'm-bmc', host });
      const inside = sampleStatus(start + 2 * minute, {
        ...{ server: 'm-own', host, source: 'system', cpuPercent: 12.5, memoryPercent: 64 },
      });
      await save(sampleStatus(start, { server: 'm-bmc', host, power: 'off' }), outside, inside);
      const found = (query: object) => store().serverStatuses({ host, from, limit: 10, ...query });
      expect(await found({})).toEqual([{ ...outside, cpuPercent: 12.5, memoryPercent: 64 }]);
      expect(await found({ source: 'system' })).toEqual([inside]);
      expect(await found({ server: 'm-own' })).toEqual([inside]);
      const other = sampleStatus(start, { server: 'a-bmc', host: 'machine-2' });
      await save(other);
      const servers = (await store().serverStatuses({ from, limit: 1000 })).map(({ server }) => server);
      expect(servers).toEqual(servers.toSorted());
      expect(servers).toEqual(expect.arrayContaining(['a-bmc', 'm-bmc']));
      expect(servers).not.toContain('m-own');
    });
  });
}
