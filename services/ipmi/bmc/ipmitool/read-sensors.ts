import type { SensorReading } from '../../inspection.ts';
import { entityOf } from '../entity.ts';
import { linesOf } from '../lines.ts';
import { convertThresholds, decimal, unitOf } from '../unit.ts';
import type { SensorFacts } from './read-facts.ts';

/**
 * The readings, by `sdr elist all` in CSV, which is not quoted: names can have commas, so each line is recognised by the name
 * that comes next in the facts. It has values with three decimals, where the table for people has two and cuts long units.
 *
 * - `CPU Temp,46,degrees C,ok,3.1,Processor,Temperature,…`: a reading; `GPU Temp,,,ns,11.1,…`: none now
 * - `PSU1 Status,05h,ok,10.1,Presence detected, Failure detected`: states; `…,05h,ns,10.1,No Reading`
 * - `Fan 1,29.400,percent,ok,7.1,Transition to Running`: both (HPE)
 */
export function readSensors(csv: string, facts: readonly SensorFacts[]): SensorReading[] {
  let next = 0;
  const readings: SensorReading[] = [];
  for (const line of linesOf(csv)) {
    const at = facts.findIndex(({ name }, index) => index >= next && startsWithName(line, name));
    const sensor = facts[at];
    if (sensor === undefined) continue;
    const fields = line
      .slice(line.indexOf(sensor.name) + sensor.name.length)
      .replace(/^ *,/, '')
      .split(',');
    const reading = readFields(sensor, fields);
    if (reading === undefined) continue;
    readings.push(reading);
    next = at + 1;
  }
  return readings;
}

/** The name is printed with the blanks that the facts have lost. */
function startsWithName(line: string, name: string): boolean {
  const trimmed = line.trimStart();
  return trimmed.startsWith(name) && /^ *,/.test(trimmed.slice(name.length));
}

function readFields(sensor: SensorFacts, fields: readonly string[]): SensorReading | undefined {
  const [first = '', second = '', third = '', fourth = ''] = fields;
  const discrete = /^([0-9A-F]{2})h$/.exec(first);
  if (discrete !== null) {
    const status = readStatus(second);
    return {
      ...named(sensor),
      number: Number.parseInt(discrete[1] ?? '', 16),
      kind: 'state',
      entity: entityOf(third),
      value: undefined,
      unit: undefined,
      states: status === 'ns' ? [] : readStates(fields.slice(3), third),
      thresholds: {},
      status,
    };
  }
  const entity = entityOf(fourth);
  if (entity === undefined) return undefined;
  const unit = unitOf(second);
  const value = decimal(first);
  const status = readStatus(third);
  // A threshold sensor names its entity and type in the next columns; one with states in words says them there.
  const type = fields[5] ?? '';
  const isThreshold = fields.length > 15;
  const kind = unit.kind === 'other' ? (kinds.get(isThreshold ? type : '') ?? 'other') : unit.kind;
  return {
    ...named(sensor),
    kind,
    entity,
    value: value === undefined ? undefined : unit.convert(value),
    unit: unit.unit,
    states: isThreshold ? [] : readStates(fields.slice(4), fourth),
    thresholds: convertThresholds(sensor.thresholds, unit),
    status: value === undefined ? 'ns' : status,
  };
}

function named({ name, number }: SensorFacts): { name: string; number: number | undefined } {
  return { name, number };
}

/** Where the sensor gives no unit (it has no reading), by its type: IPMI 2.0, table 42-3. */
const kinds = new Map<string, SensorReading['kind']>([
  ['Temperature', 'temperature'],
  ['Voltage', 'voltage'],
  ['Current', 'current'],
  ['Fan', 'fan'],
]);

/** `, ` stands between states. */
function readStates(fields: readonly string[], entity: string): string[] {
  // A threshold sensor without a unit says its entity once more after its states, and then its type.
  const end = fields.indexOf(entity);
  return fields
    .slice(0, end < 0 ? undefined : end)
    .map((field) => field.trim().slice(0, 100))
    .filter((state) => state !== '' && state !== 'No Reading');
}

/** `ok`, `Upper Non-Critical`, or shorter `nc`, `unc`; anything else is unknown. */
function readStatus(text: string): SensorReading['status'] {
  const status = text.trim().toLowerCase();
  if (status === 'ok' || status === 'ns') return status;
  if (/^(?:[lu]?nr|(?:lower|upper) non-recoverable)$/.test(status)) return 'nr';
  if (/^(?:[lu]?cr|(?:lower|upper) critical)$/.test(status)) return 'cr';
  if (/^(?:[lu]?nc|(?:lower|upper) non-critical)$/.test(status)) return 'nc';
  return 'unknown';
}
