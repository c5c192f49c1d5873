import type { SelEventClass, Severity } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';
import type { SensorReading } from '../inspection.ts';
import { eventData } from './event-data.ts';
import { parseRecord, recordType, type SelRecord, type SystemRecord } from './record.ts';
import { meaningOf, sensorType, sensorTypeName } from './tables/index.ts';

/** What a record says. */
export interface DecodedEvent {
  readonly record: SelRecord;
  /** Undefined where the bytes end before it. */
  readonly type: number | undefined;
  readonly bytes: Buffer;
  readonly class: Exclude<SelEventClass, 'log'>;
  readonly isAsserted: boolean;
  /** In the words of ipmitool; where it has none, in those of the specification, or the numbers. */
  readonly description: string;
  readonly part: string | undefined;
  readonly detail: string | undefined;
  readonly severity: Severity;
  readonly sensor: EventSensor | undefined;
  /** 0 to 15. */
  readonly offset: number | undefined;
}

/** The sensor that an event is of. */
export interface EventSensor {
  /** Printable. */
  readonly name: string | undefined;
  readonly number: number;
  readonly type: string;
  readonly typeCode: number;
  readonly entity: string | undefined;
}

/** The address of the BMC itself on its bus (IPMI 2.0, section 5.5), as the first byte of a generator id. */
const bmcAddress = 0x20;

/** Kinds of readings that only sensors of one type have. */
const kindOfType = new Map<number, SensorReading['kind']>([
  [sensorType.temperature, 'temperature'],
  [sensorType.voltage, 'voltage'],
  [sensorType.fan, 'fan'],
]);

/**
 * Decodes a record of a SEL: all types of IPMI 2.0, section 32. Never throws: what is no record is class `unknown`, its bytes kept.
 *
 * @param bytes as Get SEL Entry gives it: 16 of them, the id first
 * @param sensors of the BMC, for names
 */
export function decode(bytes: Buffer, sensors: readonly SensorReading[]): DecodedEvent {
  const record = parseRecord(bytes);
  const common = { record, type: recordType(bytes), bytes };
  if (record.kind === 'system') return { ...common, ...decodeSystem(record, sensors) };
  return {
    ...common,
    class: record.kind === 'unknown' ? 'unknown' : 'oem',
    isAsserted: true,
    description: describeOther(record, common.type),
    part: undefined,
    detail: undefined,
    severity: kernelPanic(record, common.type) === undefined ? 'info' : 'critical',
    sensor: undefined,
    offset: undefined,
  };
}

function decodeSystem(record: SystemRecord, sensors: readonly SensorReading[]) {
  const { sensorType, eventType, isAsserted } = record;
  const offset = (record.data[0] ?? 0) & 0x0f;
  const { data2, part, detail } = eventData(record);
  const { words, severity } = meaningOf({ sensorType, eventType, offset, data2, isAsserted });
  return {
    class: classOf(eventType),
    isAsserted,
    description: words ?? `Event type 0x${eventType.toString(16).padStart(2, '0')} offset ${offset}`,
    part,
    detail,
    severity,
    sensor: sensorOf(record, sensors),
    offset,
  };
}

function classOf(eventType: number): DecodedEvent['class'] {
  if (eventType === 0x01) return 'threshold';
  if (eventType >= 0x02 && eventType <= 0x0c) return 'digital';
  if (eventType === 0x6f) return 'sensor-specific';
  return eventType >= 0x70 ? 'oem' : 'unknown';
}

/**
 * The sensor by its number, which is unique only among those of one owner: the list names the BMC's own, and those that software
 * (the BIOS) reports by. Events of other controllers keep their number, for a wrong name is worse than none.
 */
function sensorOf(record: SystemRecord, sensors: readonly SensorReading[]): EventSensor {
  const { sensorNumber: number, sensorType: typeCode, generator } = record;
  const owner = generator & 0xff;
  const isListed = owner === bmcAddress || (owner & 1) === 1;
  const kind = kindOfType.get(typeCode);
  const found = isListed
    ? sensors.find((sensor) => sensor.number === number && isOfKind(sensor.kind, kind))
    : undefined;
  return {
    name: found === undefined ? undefined : printable(found.name),
    number,
    type: sensorTypeName(typeCode),
    typeCode,
    entity: found?.entity,
  };
}

/** Discrete sensors of a temperature say states, so `state` fits everything. */
function isOfKind(kind: SensorReading['kind'], expected: SensorReading['kind'] | undefined): boolean {
  if (kind === 'state' || kind === expected) return true;
  return expected === undefined && ![...kindOfType.values()].includes(kind);
}

function describeOther(record: Exclude<SelRecord, SystemRecord>, type: number | undefined): string {
  const panic = kernelPanic(record, type);
  if (panic !== undefined) return `Linux kernel panic: ${panic}`;
  const name = type === undefined ? 'record' : `record ${type.toString(16).padStart(2, '0')}`;
  const data = record.data.toString('hex');
  if (record.kind === 'oem')
    return `OEM ${name} | ${record.manufacturer.toString(16).padStart(6, '0')} | ${data}`;
  return record.kind === 'oem-untimed' ? `OEM ${name} | ${data}` : `Unknown ${name} | ${data}`;
}

/** What Linux' IPMI driver leaves of a panic (drivers/char/ipmi, "send panic string to the SEL"): records 0xF0, their text from byte 5 on. */
function kernelPanic(record: SelRecord, type: number | undefined): string | undefined {
  if (record.kind !== 'oem-untimed' || type !== 0xf0) return undefined;
  const text = record.data.subarray(2).toString('latin1');
  return printable(text.replace(/\0.*$/su, ''));
}
