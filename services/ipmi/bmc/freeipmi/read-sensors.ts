import type { Thresholds } from '#shared/model/index.ts';
import type { SensorReading } from '../../inspection.ts';
import { entityOf } from '../entity.ts';
import { convertThresholds, decimal, unitOf } from '../unit.ts';

const eventLine = 'Sensor Event';
/** 255 a LUN, of which there are four; what says it has more is broken or hostile. */
const mostSensors = 1020;

const thresholdLines = [
  ['Lower Non-Recoverable Threshold', 'lowerNonRecoverable'],
  ['Lower Critical Threshold', 'lowerCritical'],
  ['Lower Non-Critical Threshold', 'lowerWarning'],
  ['Upper Non-Critical Threshold', 'upperWarning'],
  ['Upper Critical Threshold', 'upperCritical'],
  ['Upper Non-Recoverable Threshold', 'upperNonRecoverable'],
] as const satisfies readonly (readonly [string, keyof Thresholds])[];

/**
 * `ipmi-sensors -v`: a block of `name: value` lines for each record, of which `Sensor Event` comes last, once for each event. Records
 * that have none are no sensors.
 */
export function readFreeipmiSensors(text: string): SensorReading[] {
  const blocks: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    // A hostile name can have an empty line in it, so only the next record ends a block.
    if (line.startsWith('Record ID: ')) blocks.push(new Map());
    const block = blocks.at(-1);
    const colon = line.indexOf(': ');
    if (block === undefined || colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (!block.has(name)) block.set(name, value);
    else if (name === eventLine) block.set(name, `${block.get(name)} ${value}`.slice(0, 2000));
  }
  return blocks
    .map(readBlock)
    .filter((reading) => reading !== undefined)
    .slice(0, mostSensors);
}

function readBlock(block: ReadonlyMap<string, string>): SensorReading | undefined {
  const name = block.get('ID String')?.trim();
  const number = Number(block.get('Sensor Number'));
  if (name === undefined || !block.has(eventLine) || !Number.isInteger(number) || number > 255)
    return undefined;
  const id = /\((\d+)\)$/.exec(block.get('Entity ID') ?? '')?.[1];
  const events = [...(block.get(eventLine) ?? '').matchAll(/'([^']{1,100})'/g)].map(([, text]) => text ?? '');
  // Only a threshold sensor has this type: IPMI 2.0, table 42-1.
  const isThreshold = block.get('Event/Reading Type Code') === '1h';
  const reading = measure(block.get('Sensor Reading'));
  const thresholds: Thresholds = {};
  let unit = reading?.unit;
  for (const [line, threshold] of thresholdLines) {
    const value = measure(block.get(line));
    if (value === undefined) continue;
    thresholds[threshold] = value.value;
    unit ??= value.unit;
  }
  const known = unitOf(unit ?? '');
  const isState = !isThreshold && reading === undefined;
  return {
    name,
    number,
    kind: isState ? 'state' : known.kind,
    entity: id === undefined ? undefined : entityOf(`${id}.${block.get('Entity Instance') ?? 0}`),
    value: reading === undefined ? undefined : known.convert(reading.value),
    unit: known.unit,
    states: isThreshold
      ? []
      : events.filter((event) => event !== 'OK').map((event) => event.replace(/ \(formerly .*/, '')),
    thresholds: convertThresholds(thresholds, known),
    status: isThreshold
      ? thresholdStatus(reading !== undefined, events)
      : (block.get(eventLine) ?? 'N/A') === 'N/A'
        ? 'ns'
        : 'ok',
  };
}

/** `97.000000 C`; `N/A` where there is none. */
function measure(text: string | undefined): { value: number; unit: string } | undefined {
  const match = /^(\S+) ?(.*)$/.exec(text ?? '');
  const value = decimal(match?.[1] ?? '');
  return value === undefined ? undefined : { value, unit: match?.[2] ?? '' };
}

/** Events such as `At or Above (>=) Upper Critical Threshold`: the worst counts. */
function thresholdStatus(hasReading: boolean, events: readonly string[]): SensorReading['status'] {
  if (!hasReading) return 'ns';
  const text = events.join(' ');
  if (/Non-Recoverable Threshold/i.test(text)) return 'nr';
  if (/(?:Upper|Lower) Critical Threshold/i.test(text)) return 'cr';
  if (/Non-Critical Threshold/i.test(text)) return 'nc';
  return events.includes('OK') ? 'ok' : 'unknown';
}
