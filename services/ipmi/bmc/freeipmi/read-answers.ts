import type { ChassisState, RawAnswer } from '../../inspection.ts';
import { decimal, unitOf } from '../unit.ts';

/** `rcvd: 40 00 51 …`: command, completion code, data. */
export function readRcvd(line: string): RawAnswer | undefined {
  const match = /^rcvd: ((?:[0-9A-F]{2} ?){2,})\s*$/.exec(line);
  if (match === null) return undefined;
  const bytes = Buffer.from((match[1] ?? '').replaceAll(' ', ''), 'hex');
  return { completion: bytes[1] ?? 0xff, data: bytes.subarray(2) };
}

/** Get Chassis Status, IPMI 2.0, table 28-3: byte and bit of each fault. */
const faults = [
  [0, 1, 'power overload'],
  [0, 2, 'power interlock'],
  [0, 3, 'main power fault'],
  [0, 4, 'power control fault'],
  [2, 0, 'intrusion'],
  [2, 2, 'drive fault'],
  [2, 3, 'cooling fault'],
] as const;

/** Undefined where the BMC does not say. */
export function readChassisStatus({ completion, data }: RawAnswer): ChassisState | undefined {
  if (completion !== 0 || data.length < 3) return undefined;
  return {
    power: ((data[0] ?? 0) & 1) === 1 ? 'on' : 'off',
    faults: faults.flatMap(([byte, bit, fault]) => ((((data[byte] ?? 0) >> bit) & 1) === 1 ? [fault] : [])),
  };
}

/** `… ; Sensor Reading = 97.00 C ; Threshold = 95.00 C` */
export function readEventData(text: string): { reading?: number; threshold?: number; unit?: string } {
  const reading = /Sensor Reading = (-?[\d.]{1,20}) ?([^;\n]{0,40})/.exec(text);
  const threshold = /Threshold = (-?[\d.]{1,20}) ?([^;\n]{0,40})/.exec(text);
  const known = unitOf((reading ?? threshold)?.[2] ?? '');
  const at = decimal(reading?.[1] ?? '');
  const limit = decimal(threshold?.[1] ?? '');
  return {
    ...(at === undefined ? {} : { reading: known.convert(at) }),
    ...(limit === undefined ? {} : { threshold: known.convert(limit) }),
    ...(known.unit === undefined ? {} : { unit: known.unit }),
  };
}
