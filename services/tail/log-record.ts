import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { LogEvent, Position } from '#shared/model/index.ts';
import type { RawEvent } from './cut-events.ts';

/** What every line of a file has in common. */
export interface LineSource {
  readonly host: string;
  /** The path that readers know the file by; a rotated file keeps the one that it had. */
  readonly path: string;
  readonly type: string;
  readonly service: string | undefined;
  readonly identity: Position['identity'];
}

/** Below the 4 MiB of a topic's record (shared/bus/topics.ts), with room for key, headers and the broker's framing. */
const maxValueBytes = 4 * 1024 * 1024 - 64 * 1024;

/**
 * The record of one event, as Filebeat would write it, with fewer fields. The key keeps a file on one partition. Bytes that
 * are not UTF-8 become U+FFFD; offsets are the file's. A message whose JSON would not fit a record (control characters take six
 * bytes each) is cut and flagged.
 *
 * @param windowOffset the window's first byte in the file
 * @param now milliseconds since the epoch; the time of reading is the event's `@timestamp`
 */
export function logRecord(
  source: LineSource,
  window: Buffer,
  windowOffset: number,
  event: RawEvent,
  now: number,
): OutRecord {
  const offset = windowOffset + event.start;
  const withMark = offset === 0 && window[0] === 0xef && window[1] === 0xbb && window[2] === 0xbf;
  let message = window.toString('utf8', event.start + (withMark ? 3 : 0), event.end);
  if (event.lines > 1) message = message.replaceAll('\r\n', '\n');
  let truncated = event.truncated;
  let value = encode(source, message, offset, event.lines > 1, truncated, now);
  while (Buffer.byteLength(value) > maxValueBytes) {
    truncated = true;
    message = message.slice(0, Math.floor(message.length / 2)).toWellFormed();
    value = encode(source, message, offset, event.lines > 1, truncated, now);
  }
  return { topic: topic.logs(source.type), key: `${source.host} ${source.path}`, value };
}

function encode(
  source: LineSource,
  message: string,
  offset: number,
  multiline: boolean,
  truncated: boolean,
  now: number,
): string {
  const flags = [...(multiline ? ['multiline'] : []), ...(truncated ? ['truncated'] : [])];
  const event: LogEvent = {
    '@timestamp': new Date(now).toISOString(),
    message,
    log: {
      offset,
      file: {
        path: source.path,
        device_id: source.identity.device,
        inode: source.identity.inode,
        fingerprint: source.identity.generation,
      },
      ...(flags.length > 0 ? { flags } : {}),
    },
    host: { name: source.host },
    ...(source.service === undefined ? {} : { service: { name: source.service } }),
  };
  return JSON.stringify(event);
}
