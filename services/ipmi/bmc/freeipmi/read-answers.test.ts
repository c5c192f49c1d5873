import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChassisStatus, readEventData, readRcvd } from './read-answers.ts';

describe('readChassisStatus', () => {
  it('tells power and faults by the bits of IPMI 2.0, table 28-3', () => {
    const answer = (...data: number[]) => ({ completion: 0, data: Buffer.from(data) });
    expect(readChassisStatus(answer(0x21, 0x10, 0x40, 0x70))).toEqual({ power: 'on', faults: [] });
    expect(readChassisStatus(answer(0x0a, 0, 0x0d))).toEqual({
      power: 'off',
      faults: ['power overload', 'main power fault', 'intrusion', 'drive fault', 'cooling fault'],
    });
    expect(readChassisStatus({ completion: 0xc1, data: Buffer.alloc(0) })).toBeUndefined();
    expect(readChassisStatus(answer(1))).toBeUndefined();
  });
});

describe('readRcvd', () => {
  it('reads completion code and data', () => {
    expect(readRcvd('rcvd: 48 00 8D 9F 01 6B \n')).toEqual({
      completion: 0,
      data: Buffer.from('8d9f016b', 'hex'),
    });
    expect(readRcvd('rcvd: 43 CB \n')).toEqual({ completion: 0xcb, data: Buffer.alloc(0) });
    expect(readRcvd('rcvd: 43 \n')).toBeUndefined();
    expect(readRcvd('something else\n')).toBeUndefined();
  });
});

describe('readEventData', () => {
  it('reads what stands in the unit of the sensor', () => {
    const line =
      '1 | Nov-21-2026 | 13:39:08 | CPU Temp | Temperature | Upper Critical - going high ; Sensor Reading = 97.00 C ; Threshold = 95.00 C';
    expect(readEventData(line)).toEqual({ reading: 97, threshold: 95, unit: 'Cel' });
    expect(readEventData('2 | Nov-21-2026 | 13:39:08 | Drive 0 | Drive Slot | Drive Fault')).toEqual({});
  });

  it('never throws on anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        readEventData(text);
        readRcvd(text);
      }),
    );
  });
});
