import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFreeipmiSensors } from './read-sensors.ts';

const fan = `Record ID: 4
ID String: Fan1A
Sensor Type: Fan (4h)
Sensor Number: 48
IPMB Slave Address: 10h
Sensor Owner ID: 20h
Entity ID: fan/cooling device (29)
Entity Instance: 1
Event/Reading Type Code: 1h
Lower Critical Threshold: 360.000000 RPM
Upper Critical Threshold: N/A
Lower Non-Critical Threshold: 600.000000 RPM
Sensor Reading: 480.000000 RPM
Sensor Event: 'At or Below (<=) Lower Non-Critical Threshold'
`;
const drive = `Record ID: 12
ID String: Drive 0
Sensor Number: 11
Entity ID: Disk Drive Bay (26)
Entity Instance: 1
Event/Reading Type Code: 6Fh
Sensor Event: 'Drive Presence'
Sensor Event: 'Drive Fault'
`;

describe('readFreeipmiSensors', () => {
  it('takes no more sensors than a BMC can have', () => {
    expect(readFreeipmiSensors(fan.repeat(5000))).toHaveLength(1020);
  });

  it('reads values, thresholds, states', () => {
    expect(readFreeipmiSensors(`${fan}\n${drive}\n`)).toEqual([
      {
        name: 'Fan1A',
        number: 48,
        kind: 'fan',
        entity: 'Fan Device 1',
        value: 480,
        unit: 'RPM',
        states: [],
        thresholds: { lowerCritical: 360, lowerWarning: 600 },
        status: 'nc',
      },
      {
        name: 'Drive 0',
        number: 11,
        kind: 'state',
        entity: 'Disk Drive Bay 1',
        value: undefined,
        unit: undefined,
        states: ['Drive Presence', 'Drive Fault'],
        thresholds: {},
        status: 'ok',
      },
    ]);
  });

  it.each([
    [
      "'At or Above (>=) Upper Non-Critical Threshold'\nSensor Event: 'At or Above (>=) Upper Critical Threshold'",
      'cr',
    ],
    ["'At or Below (<=) Lower Non-Recoverable Threshold'", 'nr'],
    ["'OK'", 'ok'],
    ['Unknown', 'unknown'],
  ])('%s is %s', (event, status) => {
    const text = fan.replace(/Sensor Event: .*/, `Sensor Event: ${event}`);
    expect(readFreeipmiSensors(text)).toEqual([expect.objectContaining({ status })]);
  });

  it('says what has no reading, and passes over records that have no sensor', () => {
    const none = fan
      .replace(/Sensor Reading: .*/, 'Sensor Reading: N/A')
      .replace(/Sensor Event: .*/, 'Sensor Event: N/A');
    expect(readFreeipmiSensors(`Record ID: 1\nDevice ID String: BMC\n\n${none}`)).toEqual([
      expect.objectContaining({ status: 'ns', value: undefined, unit: 'RPM' }),
    ]);
    expect(readFreeipmiSensors('')).toEqual([]);
  });

  it('never throws on anything', () => {
    const word = fc.constantFrom(
      'Record ID: ',
      'ID String: ',
      'Sensor Number: ',
      'Sensor Event: ',
      "'",
      '1',
      'N/A',
      '\n',
      'Sensor Reading: ',
      '\u0000',
      'C',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary-ascii' }),
          fc.array(word, { maxLength: 200 }).map((words) => words.join('')),
        ),
        (text) => {
          for (const { number, value } of readFreeipmiSensors(text)) {
            expect(number).toBeLessThanOrEqual(255);
            if (value !== undefined) expect(Number.isFinite(value)).toBe(true);
          }
        },
      ),
    );
  });
});
