import { describe, expect, it } from 'vitest';
import type { Read } from './testing/machines.ts';
import { Subject } from './testing/subject.ts';

describe('a BMC', () => {
  it('is unreachable only after as many polls as its server bears, by itself, until it answers', () => {
    const subject = new Subject();
    expect(subject.failed('unreachable', 1, { maxRetries: 2 })).toEqual([]);
    expect(subject.failed('unreachable', 2, { maxRetries: 2 })).toEqual([]);
    expect(subject.failed('unreachable', 3, { maxRetries: 2 })).toEqual([
      'hit hardware.bmc-unreachable warning',
    ]);
    const hit = subject.last;
    expect(hit).toMatchObject({
      detail:
        'The BMC of web-1 has not answered 3 times in a row: time-out. That says nothing of the server itself.',
      labels: { component: 'bmc' },
      runbook: 'bmc-unreachable',
    });
    expect(hit).toMatchObject({ title: 'BMC cannot be reached · web-1', captures: { host: 'web-1' } });
    expect(subject.failed('unreachable', 4, { maxRetries: 2 })).toEqual([]);
    expect(subject.poll([])).toEqual(['clear hardware.bmc-unreachable']);
    expect(subject.last).toMatchObject({ hosts: [{ name: 'web-1' }] });
    const other = new Subject();
    for (let failures = 1; failures < 4; failures++) other.failed('unreachable', failures, { host: 'db-1' });
    expect(other.last).toMatchObject({ kind: 'hit', rule: 'hardware.bmc-unreachable' });
    expect(other.last).not.toMatchObject({ fingerprint: hit?.kind === 'hit' && hit.fingerprint });
  });

  it('bears what the configuration says where its status does not', () => {
    const subject = new Subject({ ipmi: { maxRetries: 0 } });
    expect(subject.failed('unreachable', 1)).toHaveLength(1);
    const own = new Subject({
      ipmi: { maxRetries: 0, servers: [{ name: 'web-1', host: '127.0.0.1', maxRetries: 1 }] },
    });
    expect(own.failed('unreachable', 1)).toEqual([]);
    expect(own.failed('unreachable', 2)).toHaveLength(1);
  });

  it('refuses at once, and one trouble takes the place of the other', () => {
    const subject = new Subject();
    expect(subject.failed('refused', 1)).toEqual(['hit hardware.bmc-refused warning']);
    expect(subject.last).toMatchObject({ runbook: 'bmc-unreachable' });
    expect(subject.failed('unreachable', 2)).toEqual([]);
    expect(subject.failed('unreachable', 3)).toEqual([
      'clear hardware.bmc-refused',
      'hit hardware.bmc-unreachable warning',
    ]);
    expect(subject.failed('invalid', 4)).toEqual([
      'clear hardware.bmc-unreachable',
      'hit hardware.bmc-invalid warning',
    ]);
    expect(subject.poll([])).toEqual(['clear hardware.bmc-invalid']);
  });
});

describe('a part that reads nothing any more', () => {
  const reads = (fan: Partial<Read>): Read[] => [
    { sensor: 'FAN1', sensorKind: 'fan', value: 5000, ...fan },
    { sensor: 'FAN2', sensorKind: 'fan', value: 5000 },
    { sensor: 'CPU Temp', value: 40 },
    { sensor: 'Inlet', value: 22 },
  ];
  const gone = { value: undefined, status: 'absent' as const };

  it('is told when it is sure, whether it says nothing or is not there, and ends when it reads again', () => {
    const subject = new Subject();
    for (let times = 0; times < 20; times++) expect(subject.poll(reads({}))).toEqual([]);
    for (let times = 0; times < 5; times++) expect(subject.poll(reads(gone))).toEqual([]);
    for (let times = 0; times < 5; times++) expect(subject.poll(reads({}).slice(1))).toEqual([]);
    expect(subject.poll(reads(gone))).toEqual(['hit hardware.sensor-lost warning']);
    expect(subject.last).toMatchObject({
      detail:
        'FAN1 used to read something and has not for 5 min, while the machine is on and its other sensors read.',
      runbook: 'sensor-trend',
    });
    expect(subject.poll(reads({}))).toEqual(['clear hardware.sensor-lost']);
  });

  it('is none of what only the chassis status says', () => {
    const subject = new Subject();
    const chassis: Read = {
      ...{ sensor: 'Chassis cooling fault', sensorKind: 'state', entity: 'Chassis' },
      ...{ states: ['cooling fault'], status: 'critical' },
    };
    expect(subject.poll([...reads({}), chassis])).toEqual(['hit hardware.reading-fan critical']);
    const well: Read = { ...chassis, states: [], status: 'ok' };
    for (let times = 0; times < 20; times++) subject.poll([...reads({}), well]);
    expect(subject.last).toMatchObject({ kind: 'clear' });
    for (let times = 0; times < 30; times++) expect(subject.poll(reads({}))).toEqual([]);
  });

  it.each([
    ['it never read anything for certain', 5, {}, 'on'],
    ['most sensors do so', 30, { all: true }, 'on'],
    ['the power is off', 30, {}, 'off'],
  ] as const)('is not where %s', (_, before, { all = false }: { all?: boolean }, power) => {
    const subject = new Subject();
    for (let times = 0; times < before; times++) subject.poll(reads({}));
    for (let times = 0; times < 30; times++) {
      const now = all ? reads({}).map((read) => ({ ...read, ...gone })) : reads(gone);
      expect(subject.poll(now, { power })).toEqual([]);
    }
  });
});
