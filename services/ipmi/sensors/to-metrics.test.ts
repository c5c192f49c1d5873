import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedLimits } from '#shared/config/ipmi-schema.ts';
import { Metric, type Reading, SensorKind, ServerStatus } from '#shared/model/index.ts';
import type { ChassisState, SensorReading } from '../inspection.ts';
import { type Limits, type Poll, toMetrics } from './index.ts';

const bmc = { name: 'db-1-bmc', hostName: 'db-1', group: 'rack-7', maxRetries: 2 };
const at = Date.UTC(2026, 10, 21, 8);

function sensor(changes: Partial<SensorReading> = {}): SensorReading {
  return {
    ...{ name: 'Inlet Temp', number: 2, kind: 'temperature', entity: 'Air Inlet 1' },
    ...{ value: 24, unit: 'Cel', states: [], thresholds: {}, status: 'ok' },
    ...changes,
  };
}
const state = (name: string, states: string[], changes: Partial<SensorReading> = {}) =>
  sensor({ name, kind: 'state', value: undefined, unit: undefined, states, entity: undefined, ...changes });
const fan = (name: string, value: number | undefined, status: SensorReading['status'] = 'ok') =>
  sensor({ name, kind: 'fan', unit: 'RPM', value, status });
const watts = (name: string, value: number, entity?: string) =>
  sensor({ name, kind: 'power', unit: 'W', value, entity });

function poll(
  sensors: SensorReading[],
  { limits = [], chassis = {} }: { limits?: Limits; chassis?: Partial<ChassisState> } = {},
): Poll {
  return {
    ...{ bmc, at, tookMs: 900.4, failures: 0, limits },
    result: { outcome: 'ok', sensors, chassis: { power: 'on', faults: [], ...chassis } },
  };
}
const entry = (changes: Partial<Limits[number]>): Limits[number] => ({
  sensors: '*',
  ignore: false,
  ...changes,
});
function readingsOf(asked: Poll): Reading[] {
  return toMetrics(asked).flatMap((metric) => (metric.kind === 'reading' ? [metric] : []));
}
/** Those of sensors, without the chassis's own. */
function judged(asked: Poll): string[] {
  return readingsOf(asked)
    .filter(({ entity }) => entity !== 'Chassis')
    .map(({ status, judgedBy }) => [status, judgedBy].join(' '));
}
function statusOf(asked: Poll): ServerStatus {
  return ServerStatus.parse(toMetrics(asked).at(-1));
}

describe('a reading', () => {
  it('says what is measured, of which machine, and by whose limits', () => {
    const cpu = sensor({
      ...{ name: 'CPU Temp', number: 1, entity: 'Processor 1', value: 97, status: 'nc' },
      thresholds: { upperWarning: 95, upperCritical: 100, upperNonRecoverable: 105, lowerCritical: 5 },
    });
    const [metric] = toMetrics(poll([cpu], { limits: shippedLimits }));
    expect(Metric.parse(JSON.parse(JSON.stringify(metric)))).toEqual({
      kind: 'reading',
      id: expect.stringMatching(/^[0-9a-f]+$/),
      timestamp: '2026-11-21T08:00:00.000Z',
      ...{ source: 'ipmi', server: 'db-1-bmc', host: 'db-1', group: 'rack-7' },
      ...{ sensor: 'CPU Temp', sensorNumber: 1, sensorKind: 'temperature', entity: 'Processor 1' },
      ...{ value: 97, unit: 'Cel', status: 'critical', judgedBy: 'default' },
      thresholds: { upperWarning: 65, upperCritical: 80, upperNonRecoverable: 105, lowerCritical: 5 },
    });
  });

  it('has an id that is its own, and the same for the same poll', () => {
    const twins = [
      sensor({ name: 'Temp', number: 14, entity: 'Processor 1' }),
      sensor({ name: 'Temp', number: 15, entity: 'Processor 2' }),
      ...[3, 3, 4].map((number) => sensor({ name: 'Aux', number, entity: 'System Board 1' })),
      sensor({ name: ' ', number: 9 }),
      sensor({ name: 'Aux #1', number: 7 }),
    ];
    const metrics = toMetrics(poll(twins));
    expect(
      readingsOf(poll(twins))
        .map(({ sensor: name }) => name)
        .slice(0, 7),
    ).toEqual([
      'Temp (Processor 1)',
      'Temp (Processor 2)',
      'Aux #2',
      'Aux #3',
      'Aux (04h)',
      'sensor 09h',
      'Aux #1',
    ]);
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
    expect(toMetrics(poll(twins))).toEqual(metrics);
    expect(toMetrics({ ...poll(twins), at: at + 1 }).map(({ id }) => id)).not.toContain(metrics[0]?.id);
  });
});

describe('thresholds', () => {
  const thresholds = { lowerCritical: 5, lowerWarning: 10, upperWarning: 40, upperCritical: 45 };
  it.each<[number, SensorReading['status'], string]>([
    [24, 'ok', 'ok bmc'],
    [40, 'nc', 'warning bmc'],
    // Within the BMC's hysteresis it is still what it was.
    [39, 'nc', 'warning bmc'],
    [46, 'cr', 'critical bmc'],
    [99, 'nr', 'critical bmc'],
    [45, 'unknown', 'critical bmc'],
    [10, 'unknown', 'warning bmc'],
    [11, 'unknown', 'ok bmc'],
  ])('of the BMC: %d that it calls %s is %s', (value, status, expected) => {
    expect(judged(poll([sensor({ value, status, thresholds })]))).toEqual([expected]);
  });

  it.each<[string, Limits, number, string]>([
    ['the later entry wins', [entry({ warning: 20 }), entry({ warning: 30 })], 24, 'ok config'],
    ['limit by limit', [entry({ warning: 20, critical: 22 }), entry({ critical: 30 })], 24, 'warning config'],
    ['null takes one away', [entry({ critical: null })], 46, 'warning config'],
    ['null takes one of before away', [entry({ warning: 20 }), entry({ warning: null })], 41, 'ok config'],
    ['below', [entry({ belowWarning: 24, belowCritical: 20 })], 24, 'warning config'],
    ['a pattern in any case', [entry({ sensors: 'INLET*', warning: 20 })], 24, 'warning config'],
    ['a pattern of others', [entry({ sensors: '*CPU*', warning: 20 })], 24, 'ok bmc'],
    ['a kind', [entry({ kind: 'fan', warning: 20 })], 24, 'ok bmc'],
    ['a group', [entry({ groups: ['rack-7'], warning: 20 })], 24, 'warning config'],
    ['a group of others', [entry({ groups: ['rack-8'], warning: 20 })], 24, 'ok bmc'],
    ['servers', [entry({ servers: ['web-*', 'DB-*'], warning: 20 })], 24, 'warning config'],
    ['servers of others', [entry({ servers: ['web-*'], warning: 20 })], 24, 'ok bmc'],
    ['ignored', [entry({ ignore: true }), entry({ warning: 20 })], 24, 'ok config'],
  ])('of the configuration: %s', (_name, limits, value, expected) => {
    expect(judged(poll([sensor({ value, thresholds })], { limits }))).toEqual([expected]);
  });

  it('what the hardware bears counts unless a critical limit beyond it is configured', () => {
    const one = sensor({ value: 50, status: 'unknown', thresholds: { upperNonRecoverable: 50 } });
    const by = (critical: number | null) => judged(poll([one], { limits: [entry({ critical })] }));
    expect([by(49), by(60), by(null)]).toEqual([['critical config'], ['ok config'], ['ok config']]);
    expect(judged(poll([one], { limits: [entry({ warning: 60 })] }))).toEqual(['critical config']);
  });

  it('a limit for a sensor goes by the name that it is shown by, too', () => {
    const twins = [1, 2].map((n) => sensor({ name: 'Temp', number: n, entity: `Processor ${n}` }));
    const limits = [entry({ sensors: 'temp (processor 2)', warning: 20 })];
    expect(judged(poll(twins, { limits }))).toEqual(['ok bmc', 'warning config']);
  });

  it('says of ignored sensors that they are', () => {
    const limits = [entry({ sensors: 'Inlet*', ignore: true })];
    const [reading] = readingsOf(poll([sensor({ value: 99, status: 'cr' })], { limits }));
    expect(reading).toMatchObject({ value: 99, status: 'ok', ignored: true });
  });
});

describe('states', () => {
  it.each<[string, string]>([
    ['Presence detected', 'ok'],
    ['Presence detected|Failure detected', 'warning'],
    ['Presence detected|Power Supply AC lost', 'warning'],
    ['Presence detected|Predictive failure', 'warning'],
    ['Presence detected|AC out-of-range|but present', 'warning'],
    ['Fully Redundant', 'ok'],
    ['Redundancy Lost', 'warning'],
    ['Redundancy Degraded', 'warning'],
    ['Non-Redundant: Insufficient Resources', 'critical'],
    ['Drive Present|Drive Fault', 'critical'],
    ['Drive Present|Predictive Failure', 'warning'],
    ['Drive Present|Rebuild In Progress', 'warning'],
    ['Drive Present|In Critical Array', 'critical'],
    ['General Chassis intrusion', 'warning'],
    ['Uncorrectable ECC', 'critical'],
    ['Correctable ECC', 'warning'],
    ['IERR', 'critical'],
    ['Presence detected|Thermal Trip', 'critical'],
    ['Transition to OK', 'ok'],
    ['Transition to Critical from less severe', 'critical'],
    ['Device Absent', 'absent'],
    ['State Asserted', 'ok'],
    // FreeIPMI's words for some of these.
    ['Power Supply input lost (AC/DC)', 'warning'],
    ['Uncorrectable ECC/other uncorrectable memory error', 'critical'],
    ['Rebuild/Remap in progress', 'warning'],
    ['Non-redundant:Insufficient Resources', 'critical'],
    ['Something that no table has', 'ok'],
    ['constructor', 'ok'],
  ])('%s: %s', (states, expected) => {
    expect(judged(poll([state('PSU1 Status', states.split('|'))]))).toEqual([`${expected} state`]);
  });

  it('a power supply that is not even present is away, and so are its other sensors', () => {
    const entity = 'Power Supply 2';
    const away = poll([
      state('PSU2 Status', [], { entity }),
      state('PSU2 Presence', ['Device Absent'], { entity }),
      watts('PSU2 In', Number.NaN, entity),
      sensor({ name: 'PSU1 Temp', entity: 'Power Supply 1', value: undefined, status: 'ns' }),
    ]);
    expect(judged(away)).toEqual(['absent state', 'absent state', 'absent state', 'unknown ']);
  });

  it('of a sensor that has a value as well count beside it', () => {
    const hp = (states: string[], status: SensorReading['status'] = 'ok') =>
      sensor({ name: 'Fan 1', kind: 'percent', unit: '%', value: 29.4, states, status });
    expect(
      judged(
        poll([
          hp(['Transition to Running']),
          hp(['Transition to Degraded']),
          hp(['Transition to Degraded'], 'cr'),
          hp(['Device Absent']),
        ]),
      ),
    ).toEqual(['ok bmc', 'warning state', 'critical bmc', 'absent state']);
  });

  it('no reading is no state', () => {
    expect(judged(poll([state('PSU1 Status', ['Failure detected'], { status: 'ns' })]))).toEqual([
      'unknown ',
    ]);
  });
});

describe('the chassis', () => {
  it('has a sensor for each fault that it can state, stated or not', () => {
    const chassis = { faults: ['drive fault', 'intrusion'] as const };
    const found = readingsOf(poll([], { chassis })).map(
      (one) => `${one.sensor}: ${one.status} ${one.states}`,
    );
    expect(found).toEqual([
      'Chassis drive fault: critical drive fault',
      'Chassis cooling fault: ok ',
      'Chassis power overload: ok ',
      'Chassis main power fault: ok ',
      'Chassis power control fault: ok ',
      'Chassis power interlock: ok ',
      'Chassis intrusion: warning intrusion',
    ]);
  });

  it('that does not say its faults has none, which would be well', () => {
    expect(readingsOf(poll([], { chassis: { power: 'unknown', faults: undefined } }))).toEqual([]);
  });

  it('that is switched off lets fans, voltages and power fall to nothing', () => {
    const low = { lowerCritical: 300 };
    const off = (one: SensorReading) => judged(poll([one], { chassis: { power: 'off' } }))[0];
    expect([
      off({ ...fan('FAN1', 0, 'cr'), thresholds: low }),
      off(sensor({ kind: 'voltage', unit: 'V', value: 0.1, status: 'nr' })),
      off(sensor({ kind: 'voltage', unit: 'V', value: 14, status: 'cr', thresholds: { upperCritical: 13 } })),
      off(sensor({ value: 99, status: 'cr' })),
    ]).toEqual(['unknown ', 'unknown ', 'critical bmc', 'critical bmc']);
    expect(judged(poll([{ ...fan('FAN1', 0, 'cr'), thresholds: low }]))).toEqual(['critical bmc']);
  });
});

describe('the whole server', () => {
  it('is as bad as its worst sensor, with mean, minimum and sum', () => {
    const status = statusOf({
      ...poll([
        sensor({ value: 20 }),
        sensor({ name: 'CPU Temp', value: 45.5 }),
        sensor({ name: 'P1 Therm Margin', value: -40 }),
        sensor({ name: 'GPU Temp', value: undefined, status: 'ns' }),
        fan('FAN1', 5600),
        fan('FAN2', 4200, 'nc'),
        // An empty place, and one that gives nothing.
        fan('FAN3', 0),
        fan('FAN4', undefined, 'ns'),
      ]),
      local: { cpuPercent: 12.5, memoryPercent: 40 },
    });
    expect(status).toMatchObject({
      ...{ outcome: 'ok', power: 'on', health: 'warning', failures: 0, maxRetries: 2, tookMs: 900 },
      ...{ temperatureMean: 32.8, fanMin: 4200, cpuPercent: 12.5, memoryPercent: 40 },
    });
    expect(statusOf(poll([fan('FAN1', 5600), fan('FAN2', 0, 'cr')]))).toMatchObject({ fanMin: 0 });
    expect(statusOf(poll([fan('FAN1', undefined, 'ns')])).health).toBe('ok');
  });

  it.each<[string, SensorReading[], number | undefined]>([
    ['Dell', [watts('Pwr Consumption', 182), watts('CPU Power', 90)], 182],
    [
      'supplies',
      [watts('PSU1 Power In', 100), watts('PSU2 Power In', 110), watts('PSU1 Power Out', 90)],
      210,
    ],
    ['supplies by entity', [watts('In 1', 100, 'Power Supply 1'), watts('In 2', 5, 'Power Supply 2')], 105],
    ['both', [watts('System Power', 200), watts('PS1 Input Power', 100)], 200],
    ['Huawei', [watts('Power', 230), watts('Power1', 120), watts('CPU Power', 80)], 230],
    ['twice the same', [watts('Sys_Power', 200), watts('Total_Power', 204)], 204],
    ['parts alone', [watts('CPU Power', 80), watts('GPU1 Power', 300)], undefined],
  ])('takes as many watts as it does: %s', (_name, sensors, expected) => {
    expect(statusOf(poll(sensors)).powerWatts).toBe(expected);
  });

  it('says how full its event log is', () => {
    const sel = {
      ...{ entries: 500, freeBytes: 0, percentUsed: 100, overflow: true },
      ...{ lastAdd: 1, lastErase: 2 },
    };
    const result = { outcome: 'ok' as const, sensors: [], sel, clockOffsetMs: -7_200_000.4 };
    const status = statusOf({ ...poll([]), result: { ...result, chassis: { power: 'off', faults: [] } } });
    expect(status).toMatchObject({
      ...{ power: 'off', clockOffsetMs: -7_200_000 },
      sel: { entries: 500, percentUsed: 100, overflow: true },
    });
  });

  it('that could not be asked is unknown, and says why on one line', () => {
    const failed = { ...poll([]), failures: 3, result: { outcome: 'refused' as const, reason: 'no\nway' } };
    expect(toMetrics(failed)).toHaveLength(1);
    expect(statusOf(failed)).toMatchObject({
      ...{ outcome: 'refused', reason: 'no\\x0away', failures: 3, health: 'unknown', power: 'unknown' },
    });
  });
});

describe('whatever a BMC says', () => {
  const anyNumber = fc.option(fc.double(), { nil: undefined });
  const anySensor: fc.Arbitrary<SensorReading> = fc.record({
    name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Temp', 'FAN1', 'Chassis intrusion')),
    number: fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }),
    kind: fc.constantFrom(...SensorKind.options),
    entity: fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Processor 1')), {
      nil: undefined,
    }),
    value: anyNumber,
    unit: fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Cel', 'RPM', 'W')), {
      nil: undefined,
    }),
    states: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('IERR', 'Device Absent'))),
    thresholds: fc.record({ upperCritical: anyNumber, lowerWarning: anyNumber }, { requiredKeys: [] }),
    status: fc.constantFrom('ok', 'nc', 'cr', 'nr', 'ns', 'unknown'),
  });

  it('becomes metrics that fit the contract, each with an id and a visible name of its own', () => {
    fc.assert(
      fc.property(
        fc.array(anySensor, { maxLength: 20 }),
        fc.constantFrom(undefined, [], ['drive fault' as const, 'intrusion' as const]),
        fc.constantFrom('on', 'off', 'unknown'),
        (sensors, faults, power) => {
          const metrics = toMetrics(poll(sensors, { limits: shippedLimits, chassis: { faults, power } }));
          const parsed = Metric.array().parse(JSON.parse(JSON.stringify(metrics)));
          expect(new Set(parsed.map(({ id }) => id)).size).toBe(parsed.length);
          for (const metric of parsed)
            if (metric.kind === 'reading') expect(metric.sensor).toMatch(/^[^\p{Cc}\p{Cf}]{1,64}$/u);
        },
      ),
      { numRuns: 500 },
    );
  });
});
