import { LogEvent } from '#shared/model/index.ts';
import { serviceOfFile } from '#shared/text/service-of-file.ts';
import { type LineTime, lineTime } from './event-time.ts';
import type { LocalClock } from './local-clock.ts';
import { type SyslogHeader, syslogHeader } from './syslog-header.ts';

/** A log event as detection sees it, whatever shipped it. All its text is hostile. */
export interface LogLine {
  readonly text: string;
  readonly host: string;
  readonly service: string;
  readonly file: string | undefined;
  /** Byte offset in its file. */
  readonly offset: number | undefined;
  /** `@timestamp`. */
  readonly shipped: string | undefined;
  readonly time: LineTime | undefined;
  /** Host in a syslog header. */
  readonly loggedHost: string | undefined;
  /** `text` without time, host and program in front. */
  readonly message: string;
}

const openBrace = 0x7b;
/** Names longer than these are cut; they stand in every finding. In characters. */
const maxName = 255;
const maxPath = 4096;
/** Events have few strings; one with more is an attack or a dump. */
const maxStrings = 2000;

/** What shippers add, and what is no text of the application's. */
const shipperFields = new Set([
  '@timestamp',
  '@metadata',
  'agent',
  'ecs',
  'input',
  'host',
  'log',
  'tags',
  'fields',
  'container',
  'kubernetes',
  'service',
  'cloud',
]);

/**
 * The event in a record's value, or `undefined` where that is no JSON object; then its raw text is the line, so that its hit is
 * not lost (the indexer dead-letters such a record).
 */
export function parseEvent(value: Buffer): LogEvent | undefined {
  const parsed = parseObject(value);
  return parsed === undefined ? undefined : conforming(parsed);
}

/** The JSON object in a record's value as it stands there, or `undefined` where there is none. */
export function parseObject(value: Buffer): object | undefined {
  // Anything else than an object would cost a parse for nothing.
  if (value[0] !== openBrace) return undefined;
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Not JSON: a value, not an error, for it is expected.
    return undefined;
  }
}

/**
 * An event as a line.
 *
 * @param type the log type, which stands in where nothing tells the service
 * @param now milliseconds since the epoch
 * @param clock reads times without a zone; absent: the clock of this process
 */
export function eventLine(event: LogEvent, type: string, now: number, clock?: LocalClock): LogLine {
  const text = event.message ?? joinedStrings(event);
  const file = name(event.log?.file?.path, maxPath);
  const parsed = readFront(text, now, clock);
  return {
    text,
    host: name(event.host?.name) ?? 'unknown',
    service:
      name(event.service?.name) ??
      name(event.fields?.service) ??
      name(property(event.container, 'name')) ??
      name(property(property(event.kubernetes, 'container'), 'name')) ??
      parsed.header?.program ??
      (file === undefined ? undefined : serviceOfFile(file)) ??
      type,
    file,
    offset:
      Number.isSafeInteger(event.log?.offset) && Number(event.log?.offset) >= 0
        ? event.log?.offset
        : undefined,
    shipped: event['@timestamp'],
    ...parsed.rest,
  };
}

/** A line that came with nothing but its text. */
export function plainLine(
  text: string,
  from: {
    readonly host: string;
    readonly service?: string | undefined;
    readonly file?: string | undefined;
    readonly offset?: number | undefined;
    readonly type: string;
    /** As of `eventLine`. */
    readonly clock?: LocalClock | undefined;
  },
  now: number,
): LogLine {
  const parsed = readFront(text, now, from.clock);
  const { file } = from;
  return {
    text,
    host: from.host,
    service:
      from.service ??
      parsed.header?.program ??
      (file === undefined ? undefined : serviceOfFile(file)) ??
      from.type,
    file,
    offset: from.offset,
    shipped: undefined,
    ...parsed.rest,
  };
}

function readFront(text: string, now: number, clock: LocalClock | undefined) {
  const time = lineTime(text, now, clock);
  const header: SyslogHeader | undefined = time === undefined ? undefined : syslogHeader(text, time);
  const message =
    header !== undefined
      ? text.slice(header.message)
      : time !== undefined && time.start < 48
        ? `${text.slice(0, time.start)}*${text.slice(time.end)}`
        : text;
  return { header, rest: { time, loggedHost: header?.host, message } };
}

/**
 * The texts of an event without `message`, one a line, so that whatever a rule finds in it stands within one value, and thus in
 * the raw bytes, where the gate has to find it too.
 */
function joinedStrings(event: LogEvent): string {
  const texts: string[] = [];
  const waiting: unknown[] = Object.entries(event)
    .filter(([key]) => !shipperFields.has(key))
    .map(([, value]) => value)
    .reverse();
  if (event.log?.level !== undefined) waiting.push(event.log.level);
  while (waiting.length > 0 && texts.length < maxStrings) {
    const value = waiting.pop();
    if (typeof value === 'string') texts.push(value);
    else if (isObject(value) || Array.isArray(value))
      waiting.push(...Object.values(value).reverse().slice(0, maxStrings));
  }
  return texts.join('\n');
}

/** Fields of an unexpected type are left out: they are the shipper's fault, and the line still counts. */
function conforming(parsed: object): LogEvent | undefined {
  const whole = LogEvent.safeParse(parsed);
  if (whole.success) return whole.data;
  const wrong = new Set(whole.error.issues.map((issue) => issue.path[0]));
  const rest = Object.entries(parsed).map(([key, value]) =>
    wrong.has(key) ? [`${key}.raw`, value] : [key, value],
  );
  return LogEvent.safeParse(Object.fromEntries(rest)).data;
}

function property(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function name(value: unknown, longest = maxName): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
}
