import { exceptionHead } from '#shared/text/exception-head.ts';

/** Lines of a trace that are looked at. */
const maxLines = 200;

const javaHead = /(?:^|\s)((?:[\w$]{1,80}\.){0,12}[\w$]{0,120}(?:Exception|Error|Throwable|Failure))\b/;
const javaCause = /^\s*Caused by: ([\w.$]{1,300})/;
const javaFrame = /^\s+at ([\w.$<>/@-]{1,300})\(/;
const nodeFrame = /^\s+at (?:async )?([\w.$<>[\] ]{1,200}) \(/;
const pythonFrame = /^\s+File "([^"]{1,300})", line \d+, in ([\w<>.]{1,200})/;
const pythonEnd = /^([A-Za-z_][\w.]{0,200})(?::|$)/;
const goPanic = /^(?:panic|fatal error): /;
const goFrame = /^([\w./*()-]{1,300})\(/;

/**
 * What stays the same of a stack trace wherever it happens again: the root exception's type, and the first frame below it,
 * without line numbers, messages and ids; and without the log line above, for a shipper may have joined it or not. `undefined`
 * where the text is no trace.
 */
export function traceSignature(text: string): string | undefined {
  const lines = text.split('\n', maxLines);
  if (lines.length < 2) return undefined;
  return pythonSignature(lines) ?? goSignature(lines) ?? framesSignature(lines);
}

/**
 * The line that tells of the failure, of a text that is no trace: the exception's head where it stands below a log line, for it is
 * the same whether a shipper has joined the two or not; else the first line.
 */
export function tellingLine(text: string): string {
  const lines = text.split('\n', maxLines);
  return lines.find((line) => exceptionHead(line) !== undefined) ?? lines[0] ?? '';
}

function pythonSignature(all: readonly string[]): string | undefined {
  const head = all.findIndex((line) => line.endsWith('Traceback (most recent call last):'));
  if (head === -1) return undefined;
  const lines = all.slice(head);
  const frame = lines.findLast((line) => pythonFrame.test(line));
  const end = lines.findLast((line) => pythonEnd.test(line));
  const [, file = '', name = ''] = pythonFrame.exec(frame ?? '') ?? [];
  const type = pythonEnd.exec(end ?? '')?.[1] ?? '';
  return `python ${type} ${file.slice(file.lastIndexOf('/') + 1)} ${name}`;
}

function goSignature(lines: readonly string[]): string | undefined {
  const start = lines.findIndex((line) => line.startsWith('goroutine '));
  if (start === -1) return undefined;
  const frame = lines.slice(start + 1).find((line) => goFrame.test(line) && !line.startsWith('panic('));
  const head = lines.slice(0, start).find((line) => goPanic.test(line)) ?? 'goroutine';
  return `go ${head.split(':', 2).join(':').replace(/\d+/g, '*')} ${goFrame.exec(frame ?? '')?.[1] ?? ''}`;
}

/** Java, Node and .NET: the last `Caused by` is the root, and the frames that follow it are its own. */
function framesSignature(lines: readonly string[]): string | undefined {
  const cause = lines.findLastIndex((line) => javaCause.test(line));
  const root = Math.max(cause, 0);
  const at = lines.findIndex((line, index) => index > root && frameOf(line) !== undefined);
  const type = cause === -1 ? typeAbove(lines, at) : javaCause.exec(lines[cause] ?? '')?.[1];
  if (at === -1 || type === undefined) return undefined;
  return `${type.replace(/\$\$?Lambda.*$/, '')} ${frameOf(lines[at] ?? '') ?? ''}`;
}

/** The type that the frames from `at` on belong to: the head above them, else whatever looks like one within a line. */
function typeAbove(lines: readonly string[], at: number): string | undefined {
  const above = lines.slice(0, Math.max(at, 0)).findLast((line) => exceptionHead(line) !== undefined);
  if (above !== undefined) return exceptionHead(above);
  return lines.map((line) => javaHead.exec(line)?.[1]).find((name) => name !== undefined);
}

function frameOf(line: string): string | undefined {
  const name = javaFrame.exec(line)?.[1] ?? nodeFrame.exec(line)?.[1];
  // Generated classes (lambdas, proxies, reflection) carry numbers that change with every start.
  return name?.replace(/\d+/g, '*');
}
