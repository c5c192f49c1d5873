import type { SystemRecord } from './record.ts';
import { bootCauses, slotTypes, watchdogUses } from './tables/event-data.ts';
import { meaningOf, sensorType as type } from './tables/index.ts';

/** What the bytes of event data say besides the event itself. */
export interface EventData {
  /** Event data 2, where the record says that it tells more of the event. */
  readonly data2: number | undefined;
  /** Which part of several it is about. */
  readonly part?: string;
  readonly detail?: string;
}

/** How a byte of event data is used, by two bits of event data 1: IPMI 2.0, table 29-6. */
type Use = 'none' | 'reading' | 'oem' | 'specific';
const uses = ['none', 'reading', 'oem', 'specific'] as const satisfies readonly Use[];

/** A value of a byte that says nothing. */
const unspecified = 0xff;

/** Reads event data 2 and 3 by their use: IPMI 2.0, tables 29-6 and 42-3. What a maker coded in its own way is kept as numbers. */
export function eventData(record: SystemRecord): EventData {
  const [first = 0, second = unspecified, third = unspecified] = record.data;
  const use2 = uses[(first >> 6) & 3] ?? 'none';
  const use3 = uses[(first >> 4) & 3] ?? 'none';
  const data2 = use2 === 'none' ? undefined : second;
  if (record.eventType === 0x01) return { data2 };
  const said =
    record.eventType === 0x6f
      ? sensorSpecific({ record, offset: first & 0x0f, second, third, use2, use3 })
      : undefined;
  if (said !== undefined) return { data2, ...said };
  if (use2 === 'oem' || use3 === 'oem') return { data2, detail: makersCode({ second, third, use2, use3 }) };
  if (use2 === 'reading') return { data2, ...before(record, second) };
  return { data2 };
}

interface Bytes {
  readonly second: number;
  readonly third: number;
  readonly use2: Use;
  readonly use3: Use;
}

interface Specific extends Bytes {
  readonly record: SystemRecord;
  readonly offset: number;
}

type Said = Omit<EventData, 'data2'> | undefined;

function sensorSpecific(event: Specific): Said {
  const { record, offset, second, third, use2, use3 } = event;
  const specific2 = use2 === 'specific' && second !== unspecified ? second : undefined;
  const specific3 = use3 === 'specific' && third !== unspecified ? third : undefined;
  switch (record.sensorType) {
    case type.memory:
      return memoryModule(event);
    case type.systemFirmware:
      if (use2 === 'oem' && use3 === 'oem') return { detail: `POST code 0x${hex(third)}${hex(second)}` };
      return undefined;
    case type.physicalSecurity:
      return offset === 4 && specific2 !== undefined ? { part: `LAN ${specific2}` } : undefined;
    case type.eventLogging:
      if (offset === 0 && specific2 !== undefined) return { part: `DIMM ${specific2}` };
      if (offset === 5 && specific3 !== undefined && specific3 <= 100)
        return { detail: `${specific3}% full` };
      if (offset === 6 && specific2 !== undefined) return { part: `Processor ${specific2}` };
      return undefined;
    case type.systemEvent:
      if (offset !== 5 || specific2 === undefined) return undefined;
      return { detail: (specific2 & 0x80) === 0 ? 'first of the pair' : 'second of the pair' };
    case type.bootInitiated:
      return offset === 7 && specific2 !== undefined ? worded(bootCauses[specific2 & 0x0f]) : undefined;
    case type.slotConnector:
      if (specific2 === undefined && specific3 === undefined) return undefined;
      return {
        part: `${slotTypes[(specific2 ?? unspecified) & 0x7f] ?? 'Slot'} ${specific3 ?? '?'}`,
      };
    case type.watchdog2:
      return specific2 === undefined ? undefined : worded(watchdogUses[specific2 & 0x0f]);
    case type.management:
      if (offset === 4 && specific3 !== undefined) return { part: `Sensor 0x${hex(specific3)}` };
      if (offset === 5 && specific3 !== undefined) return { part: `FRU ${specific3}` };
      return undefined;
    case type.sessionAudit:
      if (specific2 === undefined || (specific2 & 0x3f) === 0) return undefined;
      return { detail: `user ${specific2 & 0x3f}` };
    default:
      return undefined;
  }
}

/** Which module: event data 3, or in the coding of the makers; for sensor 0 that which ipmitool prints. */
function memoryModule({ record, second, third, use2, use3 }: Specific): Said {
  if (use3 === 'specific') return third === unspecified ? undefined : { part: `DIMM ${third}` };
  if (use3 === 'oem' && record.sensorNumber === 0) return { part: `CPU ${third & 0x0f} DIMM ${third >> 4}` };
  if (use2 === 'oem' || use3 === 'oem') return { part: `DIMM ${makersCode({ second, third, use2, use3 })}` };
  return undefined;
}

/** The offset that held before: event data 2 of discrete events. Its upper half, a severity, says no more than the event. */
function before(record: SystemRecord, second: number): Said {
  const offset = second & 0x0f;
  if (offset === 0x0f) return undefined;
  const { sensorType, eventType } = record;
  const { words } = meaningOf({ sensorType, eventType, offset, data2: undefined, isAsserted: true });
  return words === undefined ? undefined : { detail: `before: ${words}` };
}

function makersCode({ second, third, use2, use3 }: Bytes): string {
  return `code 0x${use2 === 'oem' ? hex(second) : ''}${use3 === 'oem' ? hex(third) : ''}`;
}

function worded(detail: string | undefined): Said {
  return detail === undefined ? undefined : { detail };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
