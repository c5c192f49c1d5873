import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { shippedLimits } from '#shared/config/ipmi-schema.ts';
import { Metric, type Reading } from '#shared/model/index.ts';
import { diskActivity, parseDiskstats } from './disks.ts';
import { type FileSystem, realFileSystems } from './file-systems.ts';
import { readLocal } from './index.ts';
import { localMetrics } from './local-metrics.ts';
import { Part } from './part.ts';
import type { Sample } from './sample.ts';

const request = {
  host: 'ops-1',
  at: Date.UTC(2026, 10, 21),
  disk: { warning: 85, critical: 95 },
  limits: shippedLimits,
};
const disk: FileSystem = { fs: '/dev/sda1', type: 'ext4', size: 100, use: 50, mount: '/', rw: true };
const well: Sample = {
  ...{ cpuPercent: 12.345, load: 0.7, memoryPercent: 40, swapPercent: 0, temperature: 51 },
  fileSystems: [disk],
  disks: [{ name: 'sda', readPerSecond: 1024, writtenPerSecond: 0, busyPercent: 3 }],
};
function readings(changes: Partial<Sample>, asked = request): Reading[] {
  return localMetrics({ ...well, ...changes }, asked, 5.4).flatMap((one) =>
    one.kind === 'reading' ? [one] : [],
  );
}

describe('what the machine itself says', () => {
  it('is readings, then one status', () => {
    const metrics = Metric.array().parse(JSON.parse(JSON.stringify(localMetrics(well, request, 5.4))));
    const found = metrics.map((one) =>
      one.kind === 'reading'
        ? `${one.sensor} ${one.value} ${one.unit} ${one.sensorKind} ${one.status}`
        : one.kind,
    );
    expect(found).toEqual([
      'CPU usage 12.35 % percent ok',
      'CPU temperature 51 Cel temperature ok',
      'Load average 0.7 undefined other ok',
      'Memory usage 40 % percent ok',
      'Swap usage 0 % percent ok',
      'File system / 50 % percent ok',
      'Disk sda read 1024 By/s rate ok',
      'Disk sda written 0 By/s rate ok',
      'Disk sda busy 3 % percent ok',
      'status',
    ]);
    expect(metrics.at(-1)).toMatchObject({
      ...{ source: 'system', server: 'ops-1', host: 'ops-1', outcome: 'ok', power: 'on', health: 'ok' },
      ...{ cpuPercent: 12.35, memoryPercent: 40, temperatureMean: 51, tookMs: 5, failures: 0 },
    });
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
  });

  it.each<[string, Partial<Sample>, string]>([
    ['a full file system', { fileSystems: [{ ...disk, use: 95 }] }, 'File system / critical default'],
    ['one that fills up', { fileSystems: [{ ...disk, use: 85 }] }, 'File system / warning default'],
    ['a busy processor', { cpuPercent: 99 }, 'CPU usage warning default'],
    ['a hot one', { temperature: 81 }, 'CPU temperature critical default'],
    ['little memory', { memoryPercent: 91 }, 'Memory usage warning default'],
    ['none', { memoryPercent: 98 }, 'Memory usage critical default'],
    [
      'a saturated disk',
      { disks: [{ name: 'sda', readPerSecond: 1, writtenPerSecond: 1, busyPercent: 98 }] },
      'Disk sda busy warning default',
    ],
    ['full swap', { swapPercent: 80 }, 'Swap usage warning default'],
  ])('%s', (_name, changes, expected) => {
    const bad = readings(changes).filter(({ status }) => status !== 'ok');
    expect(bad.map((one) => `${one.sensor} ${one.status} ${one.judgedBy}`)).toEqual([expected]);
    expect(localMetrics({ ...well, ...changes }, request, 1).at(-1)).toMatchObject({
      health: expected.includes('critical') ? 'critical' : 'warning',
    });
  });

  it('is judged by the limits of the configuration where there are some', () => {
    const limits = [
      { sensors: 'file system /', critical: 40, ignore: false },
      { sensors: 'Disk *', kind: 'rate' as const, servers: ['ops-*'], warning: 1000, ignore: false },
      { sensors: 'swap*', ignore: true },
    ];
    const found = readings({ swapPercent: 99 }, { ...request, limits });
    expect(
      found
        .filter(({ judgedBy }) => judgedBy === 'config')
        .map(({ sensor, status }) => `${sensor} ${status}`),
    ).toEqual(['Swap usage ok', 'File system / critical', 'Disk sda read warning', 'Disk sda written ok']);
  });

  it('is left out where the system does not say it', () => {
    const nothing: Sample = {
      ...{ cpuPercent: Number.NaN, load: undefined, memoryPercent: undefined, swapPercent: undefined },
      ...{ fileSystems: [], disks: [], temperature: undefined },
    };
    expect(localMetrics(nothing, request, 0)).toEqual([
      expect.objectContaining({ kind: 'status', outcome: 'ok', health: 'unknown' }),
    ]);
  });
});

describe('file systems', () => {
  it('are those of own disks that can fill up, each once', () => {
    const found: FileSystem[] = [
      { ...disk, mount: '/etc/hosts' },
      disk,
      { ...disk, fs: '/dev/mapper/vg-data', type: 'xfs', mount: '/data' },
      { ...disk, fs: 'tank/a/b', type: 'zfs', mount: '/tank/a' },
      { ...disk, fs: 'tank', type: 'zfs', mount: '/tank' },
      { ...disk, fs: 'tmpfs', type: 'tmpfs', mount: '/run' },
      { ...disk, fs: 'overlay', type: 'overlay', mount: '/var/lib/docker/x' },
      { ...disk, fs: '/dev/loop3', type: 'squashfs', mount: '/snap/core/1', use: 100 },
      { ...disk, fs: '/dev/sr0', type: 'iso9660', mount: '/media', use: 100 },
      { ...disk, fs: '/dev/sdb1', mount: '/readonly', rw: false, use: 100 },
      { ...disk, fs: 'nas:/export', type: 'nfs4', mount: '/nas' },
      { ...disk, fs: '/dev/sdc1', mount: '/odd', size: 0, use: Number.NaN },
    ];
    expect(realFileSystems(found).map(({ mount }) => mount)).toEqual(['/', '/data', '/tank']);
  });
});

describe('disks', () => {
  const stats = (sectors: number, busyMs: number) => `   7  0 loop0 1 0 8 0 0 0 0 0 0 0 0
 254  0 vda 100 0 ${sectors} 9 50 0 ${sectors * 2} 7 0 ${busyMs} 99 1 2 3 4 5 6
 254  1 vda1 100 0 8 9 50 0 8 7 0 8 9
 253  0 dm-0 100 0 8 9 50 0 8 7 0 8 9
   8  0 sdb x y z`;
  const whole = new Set(['loop0', 'vda', 'dm-0', 'sdb']);
  const at = (sectors: number, busyMs: number) => parseDiskstats(stats(sectors, busyMs), whole);

  it('are whole ones, by what they did between two looks', () => {
    expect(diskActivity(at(8, 500), at(16, 750), 1000)).toEqual([
      { name: 'vda', readPerSecond: 4096, writtenPerSecond: 8192, busyPercent: 25 },
    ]);
    // Started again meanwhile; new; no time between.
    expect(diskActivity(at(16, 750), at(8, 500), 1000)).toEqual([]);
    expect(diskActivity(new Map(), at(8, 500), 1000)).toEqual([]);
    expect(diskActivity(at(8, 500), at(16, 750), 0)).toEqual([]);
  });

  it('of whatever text say numbers, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const one of parseDiskstats(`${text}\n${stats(8, 9)}`, whole).values())
          expect(Object.values(one).every((count) => Number.isSafeInteger(count))).toBe(true);
      }),
    );
  });
});

describe('a part that is read', () => {
  it('says nothing where it fails, and is asked again the next time', async () => {
    let calls = 0;
    const part = new Part(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no such file');
      return calls;
    });
    expect([await part.read(), await part.read()]).toEqual([undefined, 2]);
  });

  it('that hangs is waited for so long only, and never begun twice', async () => {
    vi.useFakeTimers();
    try {
      let calls = 0;
      const { promise, resolve } = Promise.withResolvers<string>();
      const part = new Part(() => {
        calls += 1;
        return promise;
      });
      const readings = [part.read(), part.read()];
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await Promise.all(readings)).toEqual([undefined, undefined]);
      expect(calls).toBe(1);
      resolve('at last');
      expect(await part.read()).toBe('at last');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('this very machine', () => {
  it('says how it is, from the second look on of its disks too', async () => {
    await readLocal({ ...request, at: Date.now() });
    const second = await readLocal({ ...request, at: Date.now() });
    const metrics = Metric.array().parse(JSON.parse(JSON.stringify(second)));
    const sensors = metrics.flatMap((one) => (one.kind === 'reading' ? [one.sensor] : []));
    expect(sensors).toEqual(expect.arrayContaining(['CPU usage', 'Memory usage', 'Load average']));
    for (const one of metrics)
      if (one.kind === 'reading' && one.unit === '%') expect(one.value).toBeLessThanOrEqual(100);
    expect(metrics.at(-1)).toMatchObject({
      kind: 'status',
      cpuPercent: expect.any(Number),
      memoryPercent: expect.any(Number),
    });
  });
});
