import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from './read-facts.ts';
import { readSensors } from './read-sensors.ts';

/** The three tables as `ipmitool` 1.8.19 prints them; the lines are like those of machines of these makers. */
function read(table: string, elist: string, csv: string) {
  return readSensors(csv, readFacts(table, elist));
}

const type = (entity: string, name: string, kind: string): string =>
  `,${entity},${name},${kind},23.000,11.000,69.000,,93.000,88.000,,3.000,8.000,-128.000,127.000`;

describe('readSensors', () => {
  it('Dell: sensors of one name are told apart, disabled ones have no reading', () => {
    const table = [
      'Temp             | na         | degrees C  | na    | na        | 3.000     | 8.000     | 88.000    | 93.000    | na        ',
      'Temp             | 41.000     | degrees C  | ok    | na        | 3.000     | 8.000     | 83.000    | 88.000    | na        ',
      'Fan3B RPM        | 0.000      | RPM        | cr    | na        | 360.000   | 600.000   | na        | na        | na        ',
      'Voltage 1        | 240.000    | Volts      | ok    | na        | na        | na        | na        | na        | na        ',
      'Pwr Consumption  | 84.000     | Watts      | ok    | na        | na        | na        | 896.000   | 980.000   | na        ',
      'PS Redundancy    | 0x0        | discrete   | 0x0180| na        | na        | na        | na        | na        | na        ',
      'VCORE PG         | 0x0        | discrete   | 0x0180| na        | na        | na        | na        | na        | na        ',
      'Status           | na         | discrete   | na    | na        | na        | na        | na        | na        | na        ',
    ].join('\n');
    const elist = [
      'Temp             | 01h | ns  |  3.1 | Disabled',
      'Temp             | 02h | ok  |  3.2 | 41 degrees C',
      'Fan3B RPM        | 35h | lcr |  7.1 | 0 RPM',
      'Voltage 1        | 6Ch | ok  | 10.1 | 240 Volts',
      'Pwr Consumption  | 77h | ok  |  7.1 | 84 Watts',
      'PS Redundancy    | 74h | ok  |  7.1 | Fully Redundant',
      'VCORE PG         | 23h | ok  |  3.1 | State Deasserted',
      'Status           | 61h | ns  |  3.2 | Disabled',
    ].join('\n');
    const csv = [
      'ipmitool> sdr elist all',
      `Temp,,,ns${type('3.1', 'Processor', 'Temperature')}`,
      `Temp,41,degrees C,ok${type('3.2', 'Processor', 'Temperature')}`,
      `Fan3B RPM,0,RPM,Lower Critical${type('7.1', 'System Board', 'Fan')}`,
      `Voltage 1,240,Volts,ok${type('10.1', 'Power Supply', 'Voltage')}`,
      `Pwr Consumption,84,Watts,ok${type('7.1', 'System Board', 'Current')}`,
      'PS Redundancy,74h,ok,7.1,Fully Redundant',
      'VCORE PG,23h,ok,3.1,State Deasserted',
      'Status,61h,ns,3.2,No Reading',
    ].join('\n');
    const readings = read(table, elist, csv);
    expect(readings.map(({ name, number, value, status }) => [name, number, value, status])).toEqual([
      ['Temp', 1, undefined, 'ns'],
      ['Temp', 2, 41, 'ok'],
      ['Fan3B RPM', 0x35, 0, 'cr'],
      ['Voltage 1', 0x6c, 240, 'ok'],
      ['Pwr Consumption', 0x77, 84, 'ok'],
      ['PS Redundancy', 0x74, undefined, 'ok'],
      ['VCORE PG', 0x23, undefined, 'ok'],
      ['Status', 0x61, undefined, 'ns'],
    ]);
    expect(readings.map(({ kind }) => kind)).toEqual([
      'temperature',
      'temperature',
      'fan',
      'voltage',
      'power',
      'state',
      'state',
      'state',
    ]);
    expect(readings[0]?.thresholds).toMatchObject({ lowerCritical: 3, upperWarning: 88 });
    expect(readings[1]?.thresholds).toEqual({
      lowerCritical: 3,
      lowerWarning: 8,
      upperWarning: 83,
      upperCritical: 88,
    });
    expect(readings[5]?.states).toEqual(['Fully Redundant']);
    expect(readings[7]?.states).toEqual([]);
  });

  it('HPE: fans in percent with states, names that begin with numbers, a sensor that only upper limits are known of', () => {
    const table = [
      'UID              | 0x0        | discrete   | 0x0080| na        | na        | na        | na        | na        | na        ',
      '01-Inlet Ambient | 32.000     | degrees C  | nc    | na        | na        | na        | 40.000    | 42.000    | 46.000    ',
      'Fan 1            | 29.400     | percent    | ok    | na        | na        | na        | na        | na        | na        ',
      'Power Supply 1   | 35.000     | Watts      | ok    | na        | na        | na        | na        | na        | na        ',
      'CPU Utilization  | 12.000     | unspecified | ok    | na        | na        | na        | na        | na        | na        ',
    ].join('\n');
    const elist = [
      'UID              | 01h | ok  | 23.1 | Off',
      '01-Inlet Ambient | 03h | unc | 64.1 | 32 degrees C',
      'Fan 1            | 2Ah | ok  |  7.1 | 29.40 percent, Transition to Running',
      'Power Supply 1   | 31h | ok  | 10.1 | 35 Watts, Presence detected, Failure detected',
      'CPU Utilization  | 5Ah | ok  |  3.1 | 12 unspecified',
    ].join('\n');
    const csv = [
      'UID,01h,ok,23.1,Off',
      `01-Inlet Ambient,32,degrees C,Upper Non-Critical${type('64.1', 'Air Inlet', 'Temperature')}`,
      'Fan 1,29.40,percent,ok,7.1,Transition to Running',
      'Power Supply 1,35,Watts,ok,10.1,Presence detected, Failure detected',
      `CPU Utilization,12,unspecified,ok${type('3.1', 'Processor', 'Processor')}`,
    ].join('\n');
    expect(read(table, elist, csv)).toEqual([
      expect.objectContaining({ kind: 'state', states: ['Off'], entity: 'System Chassis 1' }),
      expect.objectContaining({ value: 32, status: 'nc', entity: 'Air Inlet 1', number: 3 }),
      expect.objectContaining({ kind: 'percent', value: 29.4, unit: '%', states: ['Transition to Running'] }),
      expect.objectContaining({
        kind: 'power',
        value: 35,
        states: ['Presence detected', 'Failure detected'],
      }),
      expect.objectContaining({ kind: 'other', value: 12, unit: undefined, entity: 'Processor 1' }),
    ]);
  });

  it('Supermicro, Huawei, Lenovo: limits below zero, entities of two digits, a threshold sensor that has only states, percents of degrees', () => {
    const table = [
      'System Temp      | 39.000     | degrees C  | ok    | -9.000    | -7.000    | -5.000    | 80.000    | 85.000    | 90.000    ',
      'FANB             | na         |            | na    | na        | na        | na        | na        | na        | na        ',
      'CPU1 DTS         | 12.000     | % degrees C | ok   | na        | na        | na        | 90.000    | na        | na        ',
      'DIMM000          | 0x40       | discrete   | 0x4080| na        | na        | na        | na        | na        | na        ',
      'CPU1 Margin      | 0x0        | discrete   | ok    | na        | na        | na        | na        | na        | na        ',
      'Ambient          | 77.000     | degrees F  | ok    | na        | na        | na        | 104.000   | 113.000   | na        ',
    ].join('\n');
    const elist = [
      'System Temp      | 11h | ok  |  7.11 | 39 degrees C',
      'FANB             | 46h | ns  | 29.6 | No Reading',
      'CPU1 DTS         | 05h | ok  |  3.96 | 12 % degrees C',
      'DIMM000          | 51h | ok  | 32.10 | Presence Detected',
      'CPU1 Margin      | 52h | ok  |  3.96 | Lower Non-critical going low ',
      'Ambient          | 53h | ok  | 64.96 | 77 degrees F',
    ].join('\n');
    const csv = [
      `System Temp,39,degrees C,ok${type('7.11', 'System Board', 'Temperature')}`,
      `FANB,,,ns${type('29.6', 'Fan Device', 'Fan')}`,
      `CPU1 DTS,12,% degrees C,ok${type('3.96', 'Processor', 'Temperature')}`,
      'DIMM000,51h,ok,32.10,Presence Detected',
      'CPU1 Margin,52h,ok,3.96,Lower Non-critical going low ,3.96,Processor,Temperature,,,,,,,,,,,',
      `Ambient,77,degrees F,ok${type('64.96', 'Air Inlet', 'Temperature')}`,
    ].join('\n');
    expect(read(table, elist, csv)).toEqual([
      expect.objectContaining({
        thresholds: expect.objectContaining({ lowerNonRecoverable: -9 }),
        number: 0x11,
      }),
      expect.objectContaining({ kind: 'fan', status: 'ns', value: undefined, number: 0x46 }),
      expect.objectContaining({ kind: 'percent', unit: '%', value: 12, thresholds: { upperWarning: 90 } }),
      expect.objectContaining({ kind: 'state', entity: 'Memory Device 10', states: ['Presence Detected'] }),
      expect.objectContaining({ kind: 'state', states: ['Lower Non-critical going low'] }),
      expect.objectContaining({
        unit: 'Cel',
        value: 25,
        thresholds: { upperWarning: 40, upperCritical: 45 },
      }),
    ]);
  });

  it('reads names with pipes, commas, prompts and line breaks without mixing up sensors', () => {
    const table = [
      'a | b            | 1.000      | RPM        | ok    | na        | na        | na        | na        | na        | na        ',
      'x,2,RPM,ok       | 2.000      | RPM        | ok    | na        | na        | na        | na        | na        | na        ',
      'ipmitool>        | 3.000      | RPM        | ok    | na        | na        | na        | na        | na        | na        ',
      'broken',
      'name             | 4.000      | RPM        | ok    | na        | na        | na        | na        | na        | na        ',
    ].join('\n');
    const csv = [
      `a | b,1,RPM,ok${type('29.1', 'Fan Device', 'Fan')}`,
      `x,2,RPM,ok,7,RPM,ok${type('29.2', 'Fan Device', 'Fan')}`,
      `ipmitool>,3,RPM,ok${type('29.3', 'Fan Device', 'Fan')}`,
      'broken',
      `name,4,RPM,ok${type('29.4', 'Fan Device', 'Fan')}`,
    ].join('\n');
    expect(read(table, '', csv).map(({ name, value }) => [name, value])).toEqual([
      ['a | b', 1],
      ['x,2,RPM,ok', 7],
      ['ipmitool>', 3],
      ['name', 4],
    ]);
  });

  it('passes over records that are no sensors', () => {
    const table =
      'Temp             | 41.000     | degrees C  | ok    | na        | na        | na        | na        | na        | na        ';
    const csv = [
      'Chassis FRU,00h,ns,7.1,Logical FRU @00h',
      `Temp,41,degrees C,ok${type('3.1', 'Processor', 'Temperature')}`,
      'BMC,Dynamic MC @ 20h,ok,7.1',
    ].join('\n');
    expect(read(table, '', csv)).toEqual([expect.objectContaining({ name: 'Temp', value: 41 })]);
  });

  const word = fc.constantFrom(
    'Temp',
    '|',
    ',',
    ' ',
    'na',
    '41.000',
    'ok',
    'degrees C',
    '01h',
    '\u001b[2J',
    'ipmitool> ',
    '0x0',
    '-1',
    '3.1',
    '\n',
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 100 }),
    fc.array(word, { maxLength: 120 }).map((words) => words.join('')),
  );

  it('never throws on anything, and says nothing that is no number', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (table, elist, csv) => {
        for (const { value, number, thresholds } of read(table, elist, csv)) {
          if (value !== undefined) expect(Number.isFinite(value)).toBe(true);
          if (number !== undefined) expect(number).toBeLessThanOrEqual(255);
          for (const limit of Object.values(thresholds)) expect(Number.isFinite(limit)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['blanks', ' '.repeat(4_000_000)],
    ['bars', '|'.repeat(4_000_000)],
    ['lines', 'a | 1 | RPM | ok | na | na | na | na | na | na\n'.repeat(80_000)],
    ['records', 'a | 01h | ok | 1.1 | 1 RPM\n'.repeat(150_000)],
    ['commas', `a${','.repeat(4_000_000)}`],
  ])('is done in a moment with 4 MB of %s', (_, text) => {
    const start = performance.now();
    read(text, text, text);
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
