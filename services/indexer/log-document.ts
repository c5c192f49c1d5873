import type { BusRecord } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import { type LogDocument, maxNesting } from '#shared/store/port.ts';
import { fieldOf } from '#shared/text/field.ts';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { logId } from '#shared/text/log-id.ts';
import { eventTime } from './event-time.ts';

/** What a record becomes: a document, with what to keep of it should the store refuse it; or why it is none. */
export type Converted =
  | { readonly kind: 'document'; readonly document: LogDocument; reduced(reason: string): LogDocument }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Makes a log record a document. Its text is kept as it came, byte for byte, where it states a plausible time and is not nested
 * beyond reason; so most lines are parsed once, for their id, and never written anew.
 *
 * @param now milliseconds since the epoch
 */
export function toLogDocument(record: BusRecord, type: string, now: number): Converted {
  if (record.value === null) return { kind: 'unreadable', reason: 'a log record without a value' };
  const text = record.value.toString('utf8');
  const event = parse(text);
  if (typeof event === 'string') return { kind: 'unreadable', reason: event };
  const id = logId(event, record);
  const { time, isAsStated } = eventTime(fieldOf(event, '@timestamp'), record.timestamp, now);
  // Parsed anew in the rare case: an event held until its bulk is answered would cost the collector more than the rest.
  const reduced = (reason: string): LogDocument => ({ id, type, json: reduce(text, time, reason) });
  if (isNestedDeeperThan(text, maxNesting)) {
    const document = reduced(`nested deeper than ${maxNesting} levels`);
    return { kind: 'document', document, reduced: () => document };
  }
  const json = isAsStated ? text : withTime(event, text, time);
  return { kind: 'document', document: { id, type, json }, reduced };
}

function parse(text: string): object | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${messageOf(error)}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  return value;
}

/** The document with a time of its own; what it stated instead is kept beside it. */
function withTime(event: object, text: string, time: number): string {
  const timestamp = new Date(time).toISOString();
  const stated = fieldOf(event, '@timestamp');
  if (stated !== undefined)
    return JSON.stringify({
      ...event,
      '@timestamp': timestamp,
      [statedTime]: JSON.stringify(stated).slice(0, 1024),
    });
  // Put in front of the text as it is: numbers beyond 2^53 and doubled keys would not survive being written anew.
  const rest = text.slice(text.indexOf('{') + 1);
  return `{"@timestamp":"${timestamp}"${Object.keys(event).length === 0 ? '' : ','}${rest}`;
}

const statedTime = 'logpatrol.timestamp';

/** What the store takes from any event: the fields that searches need where they have the right type, and the whole text. */
function reduce(text: string, time: number, reason: string): string {
  const event = parse(text);
  const string = (...path: string[]): string | undefined => {
    const value = fieldOf(event, ...path);
    return typeof value === 'string' ? value : undefined;
  };
  const offset = fieldOf(event, 'log', 'offset');
  return JSON.stringify({
    '@timestamp': new Date(time).toISOString(),
    message: string('message'),
    host: { name: string('host', 'name') ?? string('host') },
    service: { name: string('service', 'name') ?? string('fields', 'service') },
    log: {
      file: { path: string('log', 'file', 'path') },
      offset: Number.isSafeInteger(offset) ? offset : undefined,
    },
    event: { original: text },
    tags: ['logpatrol_reduced'],
    error: { message: reason },
  });
}
