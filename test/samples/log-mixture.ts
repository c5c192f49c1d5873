import { createLineJoiner, type LineJoinerOptions } from '#shared/text/multiline.ts';
import type { Random } from '#test/integrity/random.ts';

/** Pieces of logs: each a line or more as programs print them, so that every way of joining meets every other. */
const pieces = [
  '2026-11-21T01:47:06.007Z ERROR [worker-1] OrderService - cannot save order 1',
  '2026-11-21T01:47:06.007Z WARN [worker-1] OrderService - trying again',
  '2026-11-21T01:47:06.007Z INFO [worker-1] OrderService - served',
  'ERROR:root:failed',
  'Starting backup',
  '',
  'java.lang.OutOfMemoryError: Java heap space',
  'java.io.IOException: Broken pipe',
  'System.InvalidOperationException: no',
  'TypeError: x is not a function',
  '\tat com.example.shop.Orders.save(Orders.java:41)\n\t... 12 more',
  'Caused by: java.sql.SQLException: gone',
  '    at f (x.js:1:1) {\n  errno: -111\n}',
  ' ---> System.Exception: inner\n   at A.B() in /a.cs:line 1\n   --- End of inner exception stack trace ---',
  'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()',
  "KeyError: 'x'",
  'ERROR:root:failed Traceback (most recent call last):',
  'During handling of the above exception, another exception occurred:',
  '  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: two',
  'http: panic serving 127.0.0.1:1: boom',
  'panic: boom',
  'goroutine 5 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1',
  'long '.repeat(30),
] as const;

/** A log of up to 40 pieces in any order, with either line end. */
export function logMixture(random: Random): string {
  const lineEnd = random.next() < 0.2 ? '\r\n' : '\n';
  return Array.from(
    { length: random.between(0, 40) },
    () => `${random.pick(pieces).replaceAll('\n', lineEnd)}${lineEnd}`,
  ).join('');
}

/** The events of a text as the joiner alone decides, without empty lines at their ends: what every reader of logs has to find. */
export function joinedEvents(text: string, options: LineJoinerOptions): string[] {
  const joiner = createLineJoiner(options);
  const bytes = Buffer.from(text);
  const events: { readonly start: number; end: number }[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf('\n', start);
    const end = newline > start && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
    const held = events.at(-1);
    if (!joiner.joins(bytes, start, end, held?.start ?? start)) events.push({ start, end });
    else if (held !== undefined && end > start) held.end = end;
    start = newline + 1;
  }
  return events
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => bytes.toString('utf8', start, end));
}
