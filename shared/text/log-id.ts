import { hash } from 'node:crypto';
import { fieldOf } from './field.ts';

/** The record that a log event came in. */
interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer | null;
}

/** 162 bits, in the alphabet of base64url: as unlikely to collide as SHA-1's 160, without its known attacks. */
const idLength = 27;

/** What changes when a shipper reads the same line again: it is no part of the line. */
const volatile = new Set([
  '@timestamp',
  '@metadata',
  'agent',
  'ecs',
  'input',
  'host',
  'log',
  'tags',
  'fields',
]);

/** Nesting beyond this is left out of the line's hash, which keeps the recursion on the stack. */
const maxDepth = 64;

/**
 * The document id of a log line, made from its source so that a line shipped twice gets the same one:
 * 1. host, file (fingerprint, device and inode where given, else path), `log.offset` and the line's hash;
 * 2. else host, `event.id` and the line's hash (applications reuse such ids, and a line must not vanish behind another);
 * 3. else the topic, partition and offset of the record, which only tells the record from others.
 *
 * The line is `message`, or where Filebeat's ndjson parser left none, the event's own fields whatever their order. Values
 * of unexpected types count as absent, so pass the event as it was parsed. Detection and the indexer both use it, so an exemplar's id is a document's id.
 *
 * @returns 27 characters of `A-Z a-z 0-9 - _`
 */
export function logId(event: object, record: LogRecord): string {
  return hash('sha256', identity(event, record), 'base64url').slice(0, idLength);
}

function identity(event: object, record: LogRecord): string {
  const host = hostOf(event);
  if (host !== undefined) {
    const offset = fieldOf(event, 'log', 'offset');
    const file = fileOf(fieldOf(event, 'log', 'file'));
    if (typeof offset === 'number' && file !== undefined)
      return `file ${parts(host, file, String(offset))}${lineOf(event)}`;
    const eventId = text(fieldOf(event, 'event', 'id'));
    if (eventId !== undefined) return `event ${parts(host, eventId)}${lineOf(event)}`;
  }
  return `record ${parts(record.topic, String(record.partition), String(record.offset))}`;
}

function hostOf(event: object): string | undefined {
  return (
    text(fieldOf(event, 'host')) ??
    text(fieldOf(event, 'host', 'name')) ??
    text(fieldOf(event, 'agent', 'id')) ??
    text(fieldOf(event, 'agent', 'name'))
  );
}

function fileOf(file: unknown): string | undefined {
  const fingerprint = scalar(fieldOf(file, 'fingerprint'));
  const inode = scalar(fieldOf(file, 'inode'));
  if (fingerprint !== undefined || inode !== undefined)
    return parts('id', fingerprint ?? '', scalar(fieldOf(file, 'device_id')) ?? '', inode ?? '');
  const path = text(fieldOf(file, 'path'));
  return path === undefined ? undefined : parts('path', path);
}

function lineOf(event: object): string {
  const message = fieldOf(event, 'message');
  return typeof message === 'string' ? `m${message}` : `o${canonical(event, 0)}`;
}

/** JSON with sorted keys, for the order of keys varies from event to event. */
function canonical(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (depth === maxDepth) return '';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([key]) => depth > 0 || !volatile.has(key))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`).join(',')}}`;
}

/** Joined so that no two lists of strings give the same text. */
function parts(...strings: readonly string[]): string {
  let joined = '';
  for (const part of strings) joined += `${part.length}:${part}`;
  return joined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value);
}
