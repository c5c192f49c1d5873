import { RE2JS } from 're2js';
import type { Input } from '#test/filebeat/configuration.ts';

/** A line or several on their way through an input's parsers. */
interface Message {
  text: string;
  /** Bytes from the beginning of the file to its last line, as Filebeat counts them. */
  offset: number;
  time: Date;
  fields: Record<string, unknown>;
  flags: string[];
}

/** Where a file's text comes from. */
export interface Source {
  readonly host: string;
  readonly path: string;
  readonly readAt: Date;
  /**
   * Filebeat 7.17 leaves the line break at the end of a line that Docker has written, and so may later versions; default true.
   */
  readonly keepsBreaks?: boolean;
}

/**
 * What Filebeat's filestream input makes of a file with lines that are complete, held to the real one by test/filebeat/run.test.ts:
 * container, multiline and ndjson parsers, and the fields that it adds. Of the processors only the name of a container.
 */
export function shipped(input: Input, content: string, source: Source): object[] {
  let messages = linesOf(content, source.readAt);
  for (const parser of input.parsers ?? []) {
    if ('container' in parser) messages = containerLines(messages, source.keepsBreaks ?? true);
    else if ('multiline' in parser) messages = joined(messages, RE2JS.compile(parser.multiline.pattern));
    else messages = messages.map(decoded);
  }
  return messages.map((message) => event(message, input, source));
}

function linesOf(content: string, time: Date): Message[] {
  let offset = 0;
  return content
    .split('\n')
    .slice(0, -1)
    .map((text) => {
      const message = { text: text.replace(/\r$/, ''), offset, time, fields: {}, flags: [] };
      offset += Buffer.byteLength(text) + 1;
      return message;
    });
}

/** A line of Docker's JSON or of CRI; parts of a line are joined, and what is neither is left out. */
function containerLines(messages: readonly Message[], keepsBreaks: boolean): Message[] {
  const whole: Message[] = [];
  let part: Message | undefined;
  for (const message of messages) {
    const line = message.text.startsWith('{') ? dockerLine(message, keepsBreaks) : criLine(message);
    if (line === undefined) continue;
    const joint: Message =
      part === undefined ? line.message : { ...part, text: part.text + line.message.text };
    part = line.isPart ? joint : undefined;
    if (!line.isPart) whole.push(joint);
  }
  return whole;
}

function dockerLine(
  message: Message,
  keepsBreaks: boolean,
): { message: Message; isPart: boolean } | undefined {
  const line: unknown = JSON.parse(message.text);
  if (!isObject(line) || typeof line.log !== 'string' || typeof line.time !== 'string') return undefined;
  const isPart = !line.log.endsWith('\n');
  const text = keepsBreaks ? line.log : line.log.replace(/\n$/, '');
  const tag = isObject(line.attrs) ? line.attrs.tag : undefined;
  const fields = tag === undefined ? {} : { container: { name: tag } };
  return { message: { ...message, text, time: new Date(line.time), fields }, isPart };
}

function criLine(message: Message): { message: Message; isPart: boolean } | undefined {
  const [time = '', _stream, tag, ...rest] = message.text.split(' ');
  if (rest.length === 0) return undefined;
  return {
    message: { ...message, text: rest.join(' '), time: new Date(time) },
    isPart: tag === 'P',
  };
}

/** A line that matches goes to the one before it; the event has the first one's time and the last one's offset. */
function joined(messages: readonly Message[], pattern: RE2JS): Message[] {
  const events: Message[] = [];
  for (const message of messages) {
    const last = events.at(-1);
    if (last === undefined || !pattern.matcher(message.text).find()) events.push({ ...message });
    else {
      last.text += `\n${message.text}`;
      last.offset = message.offset;
      last.flags = ['multiline'];
    }
  }
  return events;
}

/** A JSON object becomes the event's fields; anything else stays a line. */
function decoded(message: Message): Message {
  let value: unknown;
  try {
    value = JSON.parse(message.text);
  } catch {
    return message;
  }
  if (!isObject(value)) return message;
  const { '@timestamp': time, ...rest } = expanded(value);
  return {
    ...message,
    text: '',
    ...(typeof time === 'string' && { time: new Date(time) }),
    fields: rest,
  };
}

/** `{"a.b": 1}` as `{"a": {"b": 1}}`. */
function expanded(value: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const [head = '', ...rest] = key.split('.');
    const below = out[head];
    if (rest.length === 0) out[head] = inner;
    else out[head] = { ...(isObject(below) && below), ...expanded({ [rest.join('.')]: inner }) };
  }
  return out;
}

function event({ text, offset, time, fields, flags }: Message, input: Input, source: Source): object {
  const own = isObject(fields.log) ? fields.log : {};
  return {
    '@timestamp': time.toISOString(),
    '@metadata': { beat: 'filebeat', type: '_doc', version: '9.4.3' },
    ...(text !== '' && { message: text }),
    ...fields,
    host: { name: source.host },
    log: { ...own, offset, file: { path: source.path }, ...(flags.length > 0 && { flags }) },
    fields: input.fields,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
