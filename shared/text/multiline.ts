import { announcesFailure, announcesPanic } from './announcement.ts';
import { isExceptionHead } from './exception-head.ts';

/**
 * Which lines belong together: stack traces, and the log line that announces one. Decided line by line from the bytes, in linear
 * time and without keeping a line, so that a caller that has the file's bytes takes an event out of them as one range.
 *
 * A line joins the event before it where it is, after any line at all:
 * - a frame of Java, Node or .NET: white space, then `at ` (`\tat a.B.c(B.java:1)`, `    at f (x.js:1:2)`, `   at A.B() in …`);
 * - Java's `Caused by: …` at the start of the line, and behind white space `Caused by: `, `Suppressed: ` and `... 12 more`;
 * - .NET's ` ---> Inner` behind white space, and `--- End of …` (inner exception stack trace, stack trace from previous location);
 * and, within such a trace (after a frame), any line that starts with white space (locks, properties, `[cause]`), and the
 * `}` that closes the properties which Node prints after a frame ending in `{`.
 *
 * A trace's head joins the line above it where that is an event of one line which says that something failed (a level of warning
 * or above, or a word like `failed`: `announcesFailure`), or where one empty line lies between them, as Spring Boot prints it. Heads are:
 * - an exception's type at the start of the line (`java.lang.X: message`, `TypeError: …`: `isExceptionHead`), with frames below it
 *   or without. A head announces nothing, so that several in a row are several events;
 * - `Traceback (most recent call last):` on a line of its own, and that of an exception group;
 * - Go's `panic: …` and `goroutine 1 [running]:` below a line that speaks of a panic.
 *
 * Heads take in what follows, whether they have joined a line or start an event of their own:
 * - Python's `Traceback (most recent call last):` (at the end of the line, whatever stands before it): the lines behind it that
 *   start with white space, then the one `Name: message` that ends it, and a further traceback tied to it by `During
 *   handling of the above exception, …` or `The above exception was …`. An exception group ends at the first line that
 *   does not start with white space.
 * - Go's `panic: …` and `fatal error: …`: empty lines, lines that start with a tab, `[signal …`, `goroutine 1 [running]:`.
 * - Go's `goroutine 1 [running]:`: calls (`main.f(0x1)`), lines that start with a tab, `created by …`, `...additional frames
 *   elided...`, `exit status 2`, empty lines and further goroutines.
 *
 * Everything else is an event of its own: an indented line outside a trace, a JSON document over several lines, and an
 * exception's head below a line that says nothing of a failure.
 */

export interface LineJoinerOptions {
  /** Longest event in bytes, line ends between its lines included. What would go beyond it starts another event, so nothing is lost. */
  readonly maxBytes: number;
  /** Most lines in an event; likewise. */
  readonly maxLines: number;
}

export interface LineJoiner {
  /**
   * Takes the next line, `bytes[start, end)` without its line end. True: it belongs to the event that it follows. False: it
   * starts an event, and the one before it is complete. Trailing empty lines of an event are the caller's to trim.
   *
   * @param eventStart where the event that it follows begins in the same bytes; for the first line, `start`
   */
  joins(bytes: Uint8Array, start: number, end: number, eventStart: number): boolean;
}

type State =
  | 'fresh'
  | 'line'
  | 'line-gap'
  | 'exception'
  | 'frames'
  | 'frames-properties'
  | 'python'
  | 'python-group'
  | 'python-end'
  | 'go-panic'
  | 'go';

const literal = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const at = literal('at ');
const causedBy = literal('Caused by: ');
const suppressed = literal('Suppressed: ');
const dots = literal('... ');
const arrow = literal('---> ');
const endOf = literal('--- End of ');
const traceback = literal('Traceback (most recent call last):');
const groupTraceback = literal('+ Exception Group Traceback (most recent call last):');
const during = literal('During handling of the above exception');
const above = literal('The above exception was ');
const goPanic = literal('panic: ');
const goFatal = literal('fatal error: ');
const goroutine = literal('goroutine ');
const signal = literal('[signal ');
const createdBy = literal('created by ');
const elided = literal('...additional frames elided...');
const exitStatus = literal('exit status ');

const tab = 0x09;
const space = 0x20;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const minus = 0x2d;
const dot = 0x2e;
const colon = 0x3a;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** True where the line `bytes[start, end)` continues whatever line stands before it, by its own looks. Costs a byte or two for most. */
export function isContinuation(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === 0x43) return startsWith(bytes, start, end, causedBy);
  if (first === minus) return startsWith(bytes, start, end, endOf);
  if (first !== tab && first !== space) return false;
  const text = skipBlank(bytes, start, end);
  switch (bytes[text]) {
    case 0x61:
      return startsWith(bytes, text, end, at);
    case 0x43:
      return startsWith(bytes, text, end, causedBy);
    case 0x53:
      return startsWith(bytes, text, end, suppressed);
    case dot:
      return startsWith(bytes, text, end, dots);
    case minus:
      return startsWith(bytes, text, end, arrow) || startsWith(bytes, text, end, endOf);
    default:
      return false;
  }
}

/** A joiner for the lines of one file, in their order. */
export function createLineJoiner(options: LineJoinerOptions): LineJoiner {
  let state: State = 'fresh';
  let lines = 0;
  let size = 0;
  return {
    joins(bytes, start, end, eventStart) {
      const length = end - start;
      const next = follow(state, bytes, start, end, eventStart);
      if (next !== undefined) {
        state = next;
        if (lines < options.maxLines && size + 1 + length <= options.maxBytes) {
          lines += 1;
          size += 1 + length;
          return true;
        }
      } else state = head(bytes, start, end);
      lines = 1;
      size = length;
      return false;
    },
  };
}

/** The state after a line that continues the event, or `undefined` where it does not. */
function follow(
  state: State,
  bytes: Uint8Array,
  start: number,
  end: number,
  eventStart: number,
): State | undefined {
  switch (state) {
    case 'fresh':
      return undefined;
    case 'python':
      if (isIndented(bytes, start, end)) return 'python';
      return endsTraceback(bytes, start, end) ? 'python-end' : undefined;
    case 'python-group':
      return isIndented(bytes, start, end) ? 'python-group' : undefined;
    case 'python-end':
      if (start === end) return 'python-end';
      if (startsWith(bytes, start, end, during) || startsWith(bytes, start, end, above)) return 'python-end';
      return startsWith(bytes, start, end, traceback) ? 'python' : undefined;
    case 'go-panic':
      if (start === end || bytes[start] === tab) return 'go-panic';
      if (startsWith(bytes, start, end, signal)) return 'go-panic';
      return startsWith(bytes, start, end, goroutine) ? 'go' : undefined;
    case 'go':
      return continuesGoroutines(bytes, start, end) ? 'go' : undefined;
    case 'frames-properties':
      if (end - start === 1 && bytes[start] === closeBrace) return 'frames';
      return inFrames(state, bytes, start, end);
    case 'frames':
      return inFrames(state, bytes, start, end);
    case 'exception':
      return isContinuation(bytes, start, end) ? framesAfter('frames', bytes, start, end) : undefined;
    case 'line':
      if (start === end) return 'line-gap';
      if (isContinuation(bytes, start, end)) return framesAfter('frames', bytes, start, end);
      return announcedHead(bytes, start, end, eventStart);
    case 'line-gap':
      return announcedHead(bytes, start, end, eventStart);
  }
}

/** The state after a head that the line at `eventStart` announces. The cheap look comes first: few lines are heads. */
function announcedHead(bytes: Uint8Array, start: number, end: number, eventStart: number): State | undefined {
  const opened = head(bytes, start, end);
  switch (opened) {
    case 'exception':
    case 'python-group':
      return announcesFailure(bytes, eventStart, start) ? opened : undefined;
    case 'python':
      // Behind other text it is a log line of its own.
      if (!startsWith(bytes, start, end, traceback)) return undefined;
      return announcesFailure(bytes, eventStart, start) ? opened : undefined;
    case 'go':
      return announcesPanic(bytes, eventStart, start) ? opened : undefined;
    case 'go-panic':
      // The runtime's own `fatal error: …` is announced by nobody.
      if (!startsWith(bytes, start, end, goPanic)) return undefined;
      return announcesPanic(bytes, eventStart, start) ? opened : undefined;
    default:
      return undefined;
  }
}

/** The state after a line that starts an event. Nothing joins an empty line. */
function head(bytes: Uint8Array, start: number, end: number): State {
  if (start === end) return 'fresh';
  const first = bytes[start];
  if (first === 0x70 && startsWith(bytes, start, end, goPanic)) return 'go-panic';
  if (first === 0x66 && startsWith(bytes, start, end, goFatal)) return 'go-panic';
  if (first === 0x67 && startsWith(bytes, start, end, goroutine) && bytes[end - 1] === colon) return 'go';
  if (bytes[end - 1] === colon && endsWith(bytes, start, end, traceback))
    return endsWith(bytes, start, end, groupTraceback) ? 'python-group' : 'python';
  // A trace whose beginning is not there (a file that starts in the middle of one, an event cut at its bound).
  if (first === tab || first === space) return isContinuation(bytes, start, end) ? 'frames' : 'line';
  return isExceptionHead(bytes, start, end) ? 'exception' : 'line';
}

function inFrames(state: State, bytes: Uint8Array, start: number, end: number): State | undefined {
  return isIndented(bytes, start, end) || isContinuation(bytes, start, end)
    ? framesAfter(state, bytes, start, end)
    : undefined;
}

function framesAfter(state: State, bytes: Uint8Array, start: number, end: number): State {
  return bytes[end - 1] === openBrace && isContinuation(bytes, start, end) ? 'frames-properties' : state;
}

function continuesGoroutines(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    start === end ||
    bytes[start] === tab ||
    isGoCall(bytes, start, end) ||
    startsWith(bytes, start, end, goroutine) ||
    startsWith(bytes, start, end, createdBy) ||
    startsWith(bytes, start, end, elided) ||
    startsWith(bytes, start, end, exitStatus)
  );
}

/** `net/http.(*conn).serve(0xc00, {0x1, 0x2})`: no blank before the first parenthesis, and the last closes the line. */
function isGoCall(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== closeParenthesis) return false;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index];
    if (byte === openParenthesis) return index > start;
    if (byte === space || byte === tab || byte === openBracket) return false;
  }
  return false;
}

/** `KeyError: 'x'`, `KeyboardInterrupt`, `app.errors.Failed: …`: a dotted name, then a colon or nothing. */
function endsTraceback(bytes: Uint8Array, start: number, end: number): boolean {
  let index = start;
  while (index < end && isNameByte(bytes[index] ?? 0)) index += 1;
  const first = bytes[start] ?? 0;
  return index > start && !(first >= 0x30 && first <= 0x39) && (index === end || bytes[index] === colon);
}

/** Letters, digits, `_`, `.`, `<` and `>` (`<locals>`), and any byte above ASCII, which Python allows in names. */
function isNameByte(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === dot ||
    byte === 0x3c ||
    byte === 0x3e ||
    byte >= 0x80
  );
}

function isIndented(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && (bytes[start] === space || bytes[start] === tab);
}

function skipBlank(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && (bytes[index] === space || bytes[index] === tab)) index += 1;
  return index;
}

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1)
    if (bytes[start + index] !== prefix[index]) return false;
  return true;
}

function endsWith(bytes: Uint8Array, start: number, end: number, suffix: Uint8Array): boolean {
  return end - start >= suffix.length && startsWith(bytes, end - suffix.length, end, suffix);
}
