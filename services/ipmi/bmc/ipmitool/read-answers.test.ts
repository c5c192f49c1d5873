import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChassis, readRaw, readTrigger } from './read-answers.ts';

describe('readChassis', () => {
  it('tells power and faults', () => {
    const text = [
      'ipmitool> chassis status',
      'System Power         : on',
      'Power Overload       : false',
      'Power Interlock      : inactive',
      'Main Power Fault     : true',
      'Power Control Fault  : false',
      'Power Restore Policy : previous',
      'Last Power Event     : ac-failed overload',
      'Chassis Intrusion    : active',
      'Front-Panel Lockout  : inactive',
      'Drive Fault          : true',
      'Cooling/Fan Fault    : true',
      'Sleep Button Disable : not allowed',
    ].join('\n');
    expect(readChassis(text)).toEqual({
      power: 'on',
      faults: ['main power fault', 'intrusion', 'drive fault', 'cooling fault'],
    });
  });

  it('says nothing where there is no status', () => {
    expect(readChassis('ipmitool> chassis status\n')).toBeUndefined();
    expect(readChassis('System Power : perhaps')).toEqual({ power: 'unknown', faults: [] });
  });
});

describe('readRaw', () => {
  it('reads bytes of several lines, and none', () => {
    const out = 'ipmitool> raw 0x06 0x01\n 20 01 01 38 02 bf 7c 2a 00 02 00 00 00 00 00 00\n 01 ff\n';
    expect(readRaw({ out, err: '' })?.data.toString('hex')).toBe('2001013802bf7c2a0002000000000000' + '01ff');
    expect(readRaw({ out: 'ipmitool> raw 0 2 4\n\n', err: '' })).toEqual({
      completion: 0,
      data: Buffer.alloc(0),
    });
  });

  it('tells a completion code from no answer', () => {
    const err =
      'Unable to send RAW command (channel=0x0 netfn=0xa lun=0x0 cmd=0x43 rsp=0xcb): Requested sensor, data, or record not found\n';
    expect(readRaw({ out: '', err })).toEqual({ completion: 0xcb, data: Buffer.alloc(0) });
    expect(
      readRaw({ out: '', err: 'Unable to send RAW command (channel=0x0 netfn=0x6 lun=0x0 cmd=0x1)\n' }),
    ).toBeUndefined();
  });
});

describe('readTrigger', () => {
  it('reads what stands in the unit of the sensor', () => {
    const text =
      ' Event Data (RAW)      : 57a2a0\n Trigger Reading       : 1.134Volts\n Trigger Threshold     : 1.120Volts\n';
    expect(readTrigger(text)).toEqual({ reading: 1.134, threshold: 1.12, unit: 'V' });
    expect(readTrigger(' Trigger Reading       : -3.000degrees C\n')).toEqual({ reading: -3, unit: 'Cel' });
    expect(readTrigger(' Description           : Drive Fault\n')).toEqual({});
  });
});

it('no parser throws on anything', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii', maxLength: 100 }),
      fc.string({ unit: 'binary-ascii' }),
      (out, err) => {
        readChassis(out);
        readTrigger(out);
        const raw = readRaw({ out, err });
        if (raw !== undefined) expect(raw.completion).toBeLessThanOrEqual(255);
      },
    ),
  );
});
