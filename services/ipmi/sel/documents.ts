import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import type { SelEvent, Severity } from '#shared/model/index.ts';
import type { Bmc } from '../inspection.ts';
import { logStates } from './fill.ts';
import { logLine, recordLine } from './line.ts';
import type { LogChange, NewRecord, SelRead } from './read.ts';
import type { EventTime } from './times.ts';

/** As syslog numbers them (RFC 5424, table 2). */
const severityNumbers: Record<Severity, number> = { critical: 2, warning: 4, info: 6 };
const ecsVersion = '8.11.0';

type Named = Pick<Bmc, 'name' | 'host' | 'hostName'>;

/** What a reading of a SEL found, as ECS documents for `logs.ipmi` in the order of the log. Key: `bmc.hostName`. */
export function toDocuments(read: SelRead, bmc: Named): SelEvent[] {
  return read.events.map((event) =>
    event.kind === 'record' ? recordDocument(event, read, bmc) : logDocument(event, read, bmc),
  );
}

function recordDocument(event: NewRecord, read: SelRead, bmc: Named): SelEvent {
  const { decoded, id, generation, time, trigger } = event;
  const { sensor, record, severity } = decoded;
  const raw = decoded.bytes.toString('hex');
  return {
    ...frame(time, bmc, severity),
    message: recordLine(event),
    event: {
      ...eventFields(severity, decoded.isAsserted, read),
      id: eventId(read.server, generation, 'record', id, raw),
      original: raw,
    },
    ipmi: {
      record_id: id,
      ...(decoded.type !== undefined && { record_type: decoded.type }),
      generation,
      raw,
      ...(sensor !== undefined && {
        sensor: {
          name: sensor.name ?? `#0x${sensor.number.toString(16).padStart(2, '0')}`,
          number: sensor.number,
          type: sensor.type,
          type_code: sensor.typeCode,
          ...(sensor.entity !== undefined && { entity: sensor.entity }),
        },
      }),
      event: {
        direction: decoded.isAsserted ? 'asserted' : 'deasserted',
        ...(record.kind === 'system' && { type_code: record.eventType, data: record.data.toString('hex') }),
        ...(decoded.offset !== undefined && { offset: decoded.offset }),
        description: decoded.description,
        class: decoded.class,
        ...(decoded.part !== undefined && { part: decoded.part }),
        ...(decoded.detail !== undefined && { detail: decoded.detail }),
      },
      ...(trigger !== undefined && {
        reading: {
          ...(trigger.reading !== undefined && { value: trigger.reading }),
          ...(trigger.threshold !== undefined && { threshold: trigger.threshold }),
          ...(trigger.unit !== undefined && { unit: trigger.unit }),
        },
      }),
      ...(record.kind === 'oem' && {
        oem: { manufacturer: record.manufacturer, data: record.data.toString('hex') },
      }),
      ...(record.kind === 'oem-untimed' && { oem: { data: record.data.toString('hex') } }),
      time: timeFields(time),
      severity,
    },
  };
}

function logDocument(event: LogChange, read: SelRead, bmc: Named): SelEvent {
  const { state, generation, time, info } = event;
  const { words, isAsserted, severity } = logStates[state];
  return {
    ...frame(time, bmc, severity),
    message: logLine(event),
    event: {
      ...eventFields(severity, isAsserted, read),
      id: eventId(read.server, generation, 'log', state, time.at),
    },
    ipmi: {
      generation,
      event: {
        direction: isAsserted ? 'asserted' : 'deasserted',
        description: words,
        class: 'log',
        log: state,
      },
      log: {
        entries: info.entries,
        ...(info.percentUsed !== undefined && { percent_used: info.percentUsed }),
        overflow: info.overflow,
      },
      time: timeFields(time),
      severity,
    },
  };
}

function frame(
  time: EventTime,
  bmc: Named,
  severity: Severity,
): Pick<SelEvent, '@timestamp' | 'log' | 'host' | 'observer' | 'service' | 'ecs'> {
  return {
    '@timestamp': new Date(time.at).toISOString(),
    log: { level: severity },
    host: { name: bmc.hostName },
    observer: {
      name: bmc.name,
      ...(isIP(bmc.host) === 0 ? { hostname: bmc.host } : { ip: bmc.host }),
      type: 'bmc',
    },
    service: { name: 'hardware' },
    ecs: { version: ecsVersion },
  };
}

function eventFields(severity: Severity, isAsserted: boolean, read: SelRead): Omit<SelEvent['event'], 'id'> {
  return {
    module: 'ipmi',
    dataset: 'ipmi.sel',
    kind: 'event',
    severity: severityNumbers[severity],
    action: isAsserted ? 'assert' : 'deassert',
    created: new Date(read.readAt).toISOString(),
  };
}

function timeFields({ statedMs, offsetMs, isPreinit, source }: EventTime): SelEvent['ipmi']['time'] {
  return {
    ...(statedMs !== undefined && { bmc: new Date(statedMs).toISOString() }),
    offset_ms: offsetMs,
    preinit: isPreinit,
    source,
  };
}

/** The same whenever and wherever it is made. The bytes have the stated time in them. */
function eventId(...parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 27);
}
