import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Metric } from '#shared/model/index.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { forever, line } from '../../contract/line.ts';
import { openEmbeddedStore, openEmbeddedStoreForReading } from '../../embedded.ts';
import { openDatabase, transact } from '../database.ts';
import { MetricWriter } from './writer.ts';

const logger = pino({ level: 'silent' });
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 1);
const server = 'bmc-1';
const sensor = 'CPU Temp';

describe('readings in the embedded store', () => {
  let dataDir = '';
  let now = start;
  beforeEach(async () => {
    now = start;
    dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-store-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
  const open = async (maxBytes = 1e9) => {
    const store = await openEmbeddedStore({ dataDir, maxBytes, logger, clock: () => now });
    onTestFinished(() => store.close());
    return store;
  };
  /** Rows of a statement, as any SQLite client sees them. */
  const rows = (sql: string): Record<string, unknown>[] => {
    const database = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  const count = (table: string): unknown => rows(`SELECT count(*) AS count FROM ${table}`)[0]?.count;
  /** Time passes, with a write every hour of it, as there is wherever logs come in. */
  const pass = async (store: Awaited<ReturnType<typeof open>>, hours: number) => {
    for (let index = 0; index < hours; index++) {
      now += hour;
      await store.saveLogs([line('time passes')], forever);
    }
  };
  const series = (from: number, to: number, stepMs: number): Metric[] =>
    Array.from({ length: (to - from) / stepMs }, (_, index) => {
      const at = from + index * stepMs;
      const isWarm = index % 37 === 0;
      return [
        sampleReading(at, { value: 40 + (index % 13), status: isWarm ? 'warning' : 'ok' }),
        sampleReading(at, { sensor: 'FAN 1', sensorKind: 'fan', unit: 'RPM', value: 5000 }),
        sampleStatus(at, isWarm ? { power: 'off' } : {}),
      ];
    }).flat();

  it('become summaries of five minutes, then of hours, and go, and what refers to them', async () => {
    const store = await open();
    await store.saveMetrics(series(start, start + 12 * hour, 30_000), forever);
    const span = { server, sensor, from: start, to: start + 12 * hour };
    const whole = await store.readingsOverTime(span, 12);
    expect(whole.map((slice) => slice.count)).toEqual(Array(12).fill(120));
    const sameButForRounding = (slices: typeof whole) => {
      expect(slices.map(({ at, count: readings, min, max }) => ({ at, readings, min, max }))).toEqual(
        whole.map(({ at, count: readings, min, max }) => ({ at, readings, min, max })),
      );
      for (const [index, { mean }] of slices.entries()) expect(mean).toBeCloseTo(whole[index]?.mean ?? 0, 3);
    };
    expect([count('readings'), count('server_status')]).toEqual([1440, 1440]);

    now = start + 12 * hour;
    await pass(store, 49);
    expect([count('readings'), count('readings_5m'), count('readings_1h')]).toEqual([0, 144, 0]);
    sameButForRounding(await store.readingsOverTime(span, 12));
    const [warm] = await store.readings({ ...span, to: start + 5 * minute, limit: 9 });
    expect(warm).toMatchObject({ status: 'warning', value: 40, sensor, thresholds: { upperCritical: 80 } });
    // One an hour and kind, of two kinds.
    expect(count('server_status')).toBe(24);

    await pass(store, 13 * 24);
    expect([count('readings_5m'), count('readings_1h')]).toEqual([0, 12]);
    sameButForRounding(await store.readingsOverTime(span, 12));

    now = start + 100 * day;
    await pass(store, 3);
    const tables = ['readings', 'readings_5m', 'readings_1h', 'server_status'];
    expect([...tables, 'sensors', 'descriptions', 'servers'].map(count)).toEqual(Array(7).fill(0));
    const again = sampleReading(now);
    await store.saveMetrics([again], forever);
    expect(await store.readings({ server, sensor, limit: 5 })).toEqual([again]);
  });

  it('that come after their time was summed up are added to it', async () => {
    const store = await open();
    const [first, ...others] = series(start, start + hour, minute);
    await store.saveMetrics(others, forever);
    now = start + 3 * day;
    await pass(store, 2);
    await store.saveMetrics(first === undefined ? [] : [first], forever);
    const span = { server, sensor, from: start, to: start + hour };
    expect(await store.readingsOverTime(span, 1)).toMatchObject([{ count: 60, min: 40 }]);
    await pass(store, 2);
    expect(count('readings')).toBe(0);
    expect(await store.readingsOverTime(span, 1)).toMatchObject([{ count: 60, min: 40 }]);
  });

  it('stay within the size of the file, leave half of it to lines, and are summed up before they go', async () => {
    const maxBytes = 7e6;
    const store = await open(maxBytes);
    const lines = Array.from({ length: 800 }, (_, n) => line(`${n} ${'words of a line '.repeat(20)}`));
    await store.saveLogs(lines, forever);
    const sensors = Array.from({ length: 60 }, (_, index) => `Sensor ${index}`);
    const polls = 4320;
    let saved = 0;
    for (let poll = 0; poll < polls; poll += 40) {
      const batch = Array.from({ length: 40 }, (_, index) => {
        const at = start + (poll + index) * 10_000;
        const readings = sensors.map((name, nth) =>
          sampleReading(at, { sensor: name, value: ((poll + index * 7) * (nth + 1)) % 10_000 }),
        );
        return [...readings, sampleStatus(at)];
      });
      now = start + poll * 10_000;
      saved += (await store.saveMetrics(batch.flat(), forever)).length;
    }
    expect(saved).toBe(polls * 61);
    expect((await stat(join(dataDir, 'store.sqlite'))).size).toBeLessThan(maxBytes);
    expect(await store.countLogs({})).toBe(lines.length);
    expect(count('readings_5m')).toBeGreaterThan(10);
    const span = { server, sensor: 'Sensor 7', from: start, to: start + polls * 10_000 };
    const slices = await store.readingsOverTime(span, 12);
    expect(slices.map((slice) => slice.count)).toEqual(Array(12).fill(polls / 12));
    expect(await store.latestReadings({ server, from: start, limit: 100 })).toHaveLength(sensors.length);
  });

  it('are in tables that people can read, and the newest statuses with them', async () => {
    const store = await open();
    await store.saveMetrics([sampleReading(start), sampleStatus(start, { cpuPercent: 7 })], forever);
    const [{ json, ...columns } = {}] = rows('SELECT * FROM server_status');
    expect(columns).toEqual({
      ...{ server_name: 'bmc-1', timestamp: '2026-11-01T00:00:00.000Z', power_state: 'on' },
      ...{ temp_avg: 38.5, fan_rpm_min: 4200, cpu_usage: 7, memory_usage: null },
    });
    expect(JSON.parse(String(json))).toEqual(sampleStatus(start, { cpuPercent: 7 }));
    expect(rows('SELECT * FROM sensor_readings')).toEqual([
      {
        ...{ source: 'ipmi', server_name: 'bmc-1', host: 'web-1', sensor, unit: 'Cel', status: 'ok' },
        ...{ timestamp: '2026-11-01T00:00:00.000Z', value: 41, min: 41, max: 41, readings: 1 },
      },
    ]);
  });

  it('can be asked of a file of a version that had none, which the next writer brings up to date', async () => {
    await (await open()).close();
    const file = new DatabaseSync(join(dataDir, 'store.sqlite'));
    file.exec('DROP VIEW sensor_readings');
    for (const { name } of file
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'readings%'
         OR name IN ('servers', 'sensors', 'descriptions', 'server_status', 'thinned'))`,
      )
      .all())
      file.exec(`DROP TABLE ${name}`);
    file.close();
    const reader = await openEmbeddedStoreForReading({ dataDir });
    onTestFinished(() => reader.close());
    expect(await reader.latestReadings({ limit: 5 })).toEqual([]);
    expect(await reader.statusHistory({ server, limit: 5 })).toEqual([]);
    const store = await open();
    await store.saveMetrics([sampleReading(start), sampleStatus(start)], forever);
    expect(await reader.latestReadings({ from: start, limit: 5 })).toEqual([sampleReading(start)]);
    expect(await reader.statusHistory({ server, limit: 5 })).toEqual([sampleStatus(start)]);
  });

  it('of a transaction that failed are saved as if it had not been', () => {
    const database = openDatabase(dataDir);
    onTestFinished(() => database.close());
    const writer = new MetricWriter(database);
    const readings = [sampleReading(start), sampleReading(start, { sensor: 'Inlet' })];
    expect(() =>
      transact(database, () => {
        writer.save(readings);
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    // Ids that the failed one used are given to others.
    const others = [sampleReading(start, { sensor: 'Outlet' }), ...readings];
    expect(transact(database, () => writer.save(others))).toEqual(others.map(() => ({ kind: 'stored' })));
    expect(
      rows('SELECT sensor FROM sensor_readings ORDER BY sensor').map(({ sensor: name }) => name),
    ).toEqual(['CPU Temp', 'Inlet', 'Outlet']);
  });
});
