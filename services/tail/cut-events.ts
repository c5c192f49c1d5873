import { createLineJoiner } from '#shared/text/multiline.ts';

/** One event in a window of a file: `bytes[start, end)`, without its last line end. */
export interface RawEvent {
  readonly start: number;
  readonly end: number;
  readonly lines: number;
  /** True where the line was longer than allowed and this is its beginning. */
  readonly truncated: boolean;
}

/** What the end of the window may give out: nothing that could still grow, complete lines, or an unfinished last line too. */
export type Flush = 'none' | 'lines' | 'all';

export interface Cut {
  /** Most bytes of an event, and of a line. */
  readonly maxBytes: number;
  readonly maxLines: number;
  readonly flush: Flush;
  /** True where the file goes on behind the window. */
  readonly more: boolean;
}

const newlineByte = 0x0a;
const returnByte = 0x0d;

/**
 * Takes events out of a window that begins where a line begins: lines, or stack traces joined with what announces them. Empty lines are no events (as
 * for Filebeat), and NULs in front of a line are passed over: a file that was truncated while its writer goes on at its old
 * offset has a hole of them. NULs at the end of the file are left alone, for a preallocated file fills them in later.
 *
 * @param take given each event in order; false: it did not fit, and the rest stays
 * @returns the bytes that are done with; what follows is to be cut again later
 */
export function cutEvents(bytes: Buffer, cut: Cut, take: (event: RawEvent) => boolean): number {
  const joiner = createLineJoiner(cut);
  let held: Held | undefined;
  let done = 0;
  let at = 0;

  /** Gives out the held event; false where it did not fit. */
  const release = (): boolean => {
    const event = held;
    if (event === undefined || event.end <= event.start) return true;
    return take({
      start: event.start,
      end: event.truncated ? characterStart(bytes, event.end, event.start) : event.end,
      lines: event.lines,
      truncated: event.truncated,
    });
  };

  /** Takes in the line from `start` to `end`; false where the event before it did not fit. */
  const addLine = (lineStart: number, start: number, end: number): boolean => {
    if (joiner.joins(bytes, start, end, held?.start ?? start)) {
      if (held !== undefined && end > start) {
        held.end = end;
        held.lines += 1;
      }
      return true;
    }
    if (!release()) return false;
    done = lineStart;
    const truncated = end - start > cut.maxBytes;
    held = { start, end: truncated ? start + cut.maxBytes : end, lines: 1, truncated };
    return true;
  };

  while (at < bytes.length) {
    const start = pastNuls(bytes, at);
    if (start === bytes.length) {
      if (!cut.more) break;
      return release() ? start : done;
    }
    const newline = bytes.indexOf(newlineByte, start);
    if (newline === -1) {
      if (cut.flush !== 'all') break;
      if (!addLine(at, start, bytes.length)) return done;
      at = bytes.length;
      break;
    }
    const end = newline > start && bytes[newline - 1] === returnByte ? newline - 1 : newline;
    if (!addLine(at, start, end)) return done;
    at = newline + 1;
  }
  if (held === undefined || (cut.flush !== 'none' && release())) return at;
  return done;
}

interface Held {
  readonly start: number;
  end: number;
  lines: number;
  readonly truncated: boolean;
}

function pastNuls(bytes: Buffer, from: number): number {
  let index = from;
  while (index < bytes.length && bytes[index] === 0) index += 1;
  return index;
}

/** The last boundary between UTF-8 characters at or before `end`, so that a cut leaves no half character behind. */
function characterStart(bytes: Buffer, end: number, start: number): number {
  let index = end;
  while (index > start && index > end - 4 && ((bytes[index] ?? 0) & 0xc0) === 0x80) index -= 1;
  return index;
}
