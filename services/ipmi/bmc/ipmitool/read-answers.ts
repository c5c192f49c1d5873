import type { ChassisFault, ChassisState, RawAnswer } from '../../inspection.ts';
import type { Printed } from '../child.ts';
import { linesOf } from '../lines.ts';
import { decimal, unitOf } from '../unit.ts';

/** The lines of `chassis status` that tell a fault when they say `true` or `active`. */
const faults: readonly (readonly [string, ChassisFault])[] = [
  ['Power Overload', 'power overload'],
  ['Power Interlock', 'power interlock'],
  ['Main Power Fault', 'main power fault'],
  ['Power Control Fault', 'power control fault'],
  ['Chassis Intrusion', 'intrusion'],
  ['Drive Fault', 'drive fault'],
  ['Cooling/Fan Fault', 'cooling fault'],
];

/** `chassis status`; undefined where it says nothing of the power. */
export function readChassis(text: string): ChassisState | undefined {
  const values = readPairs(text);
  const power = values.get('System Power')?.toLowerCase();
  if (power === undefined) return undefined;
  return {
    power: power === 'on' || power === 'off' ? power : 'unknown',
    faults: faults.flatMap(([name, fault]) =>
      /^(?:true|active)$/i.test(values.get(name) ?? '') ? [fault] : [],
    ),
  };
}

/**
 * `raw`: bytes in hexadecimal, or to standard error `… rsp=0xcb): Requested sensor, data, or record not found`. Undefined where
 * it says neither: nothing has answered.
 */
export function readRaw({ out, err }: Printed): RawAnswer | undefined {
  const refused = /Unable to send RAW command .{0,80}\brsp=0x([0-9a-f]{1,2})\)/.exec(err);
  if (refused !== null) return { completion: Number.parseInt(refused[1] ?? '', 16), data: Buffer.alloc(0) };
  if (/Unable to send RAW command|Given \S+ .{0,80} is invalid/.test(err)) return undefined;
  const bytes = linesOf(out).filter((line) => /^(?: [0-9a-f]{2})+ *$/.test(line));
  return { completion: 0, data: Buffer.from(bytes.join('').replaceAll(' ', ''), 'hex') };
}

/** `sel get`: ` Trigger Reading       : 97.000degrees C`. */
export function readTrigger(text: string): { reading?: number; threshold?: number; unit?: string } {
  const values = readPairs(text);
  const reading = readMeasure(values.get('Trigger Reading'));
  const threshold = readMeasure(values.get('Trigger Threshold'));
  const unit = reading?.unit ?? threshold?.unit;
  return {
    ...(reading === undefined ? {} : { reading: reading.value }),
    ...(threshold === undefined ? {} : { threshold: threshold.value }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function readMeasure(text: string | undefined): { value: number; unit: string | undefined } | undefined {
  const match = /^(-?\d+(?:\.\d+)?)(.*)$/.exec(text ?? '');
  const value = decimal(match?.[1] ?? '');
  if (value === undefined) return undefined;
  const { unit, convert } = unitOf(match?.[2] ?? '');
  return { value: convert(value), unit };
}

/** What stands after the first colon of each line; of two the first counts. */
function readPairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of linesOf(text)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name !== '' && !pairs.has(name)) pairs.set(name, line.slice(colon + 1).trim());
  }
  return pairs;
}
