import { logStates } from './fill.ts';
import type { LogChange, NewRecord } from './read.ts';
import { sensorType, sensorTypeName } from './tables/index.ts';

/** Units of the readings as ipmitool words them. */
const unitNames: Readonly<Record<string, string>> = {
  Cel: 'degrees C',
  V: 'Volts',
  A: 'Amps',
  W: 'Watts',
  '%': 'percent',
};

/** A record as `ipmitool sel elist` prints it, with the corrected time; what the event data say besides stands behind it. */
export function recordLine({ id, decoded, time, trigger }: NewRecord): string {
  const { sensor, description, isAsserted, class: eventClass, part, detail, offset = 0 } = decoded;
  const columns = [id.toString(16).padStart(4), ...timeColumns(time.at)];
  if (sensor === undefined) return [...columns, description].join(' | ');
  const number = sensor.number === 0 ? '' : ` #0x${sensor.number.toString(16).padStart(2, '0')}`;
  columns.push(
    `${sensor.type}${sensor.name === undefined ? number : ` ${sensor.name.replaceAll('|', '/')}`}`,
  );
  columns.push(description, isAsserted ? 'Asserted' : 'Deasserted');
  if (eventClass === 'threshold' && trigger?.reading !== undefined) {
    const { reading, threshold, unit = '' } = trigger;
    const beyond =
      threshold === undefined
        ? ''
        : ` ${(offset % 2 === 1) === isAsserted ? '>' : '<'} Threshold ${figure(threshold)} ${unitNames[unit] ?? unit}`;
    columns.push(`Reading ${figure(reading)}${beyond}`.trimEnd());
  }
  if (part !== undefined) columns.push(part);
  if (detail !== undefined) columns.push(detail);
  return columns.join(' | ');
}

/** What is told of the log itself, in the form of a record that a sensor of it would write. */
export function logLine({ state, time, info }: LogChange): string {
  const { words, isAsserted } = logStates[state];
  const percent = info.percentUsed === undefined ? '' : `, ${Math.round(info.percentUsed)}% used`;
  return [
    ' log',
    ...timeColumns(time.at),
    `${sensorTypeName(sensorType.eventLogging)} SEL`,
    words,
    isAsserted ? 'Asserted' : 'Deasserted',
    `${info.entries} records${percent}${info.overflow ? ', newer ones are lost' : ''}`,
  ].join(' | ');
}

/** Month/day/year and time of day, in UTC. */
function timeColumns(at: number): string[] {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return [`${month}/${day}/${year}`, `${time.slice(0, 8)} UTC`];
}

/** As ipmitool: two digits where it is not whole. */
function figure(value: number): string {
  return value.toFixed(Number.isInteger(value) ? 0 : 2);
}
