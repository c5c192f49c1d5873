/** Lines of a trace that are looked at. */
const maxLines = 200;

const javaHead = /(?:^|\s)((?:[\w$]{1,80}\.){0,12}[\w$]{0,120}(?:Exception|Error|Throwable|Failure))\b/;
const javaCause = /^\s*Caused by: ([\w.$]{1,300})/;
const javaFrame = /^\s+at ([\w.$<>/@-]{1,300})\(/;
const nodeFrame = /^\s+at (?:async )?([\w.$<>[\] ]{1,200}) \(/;
const pythonFrame = /^\s+File "([^"]{1,300})", line \d+, in ([\w<>.]{1,200})/;
const pythonEnd = /^([A-Za-z_][\w.]{0,200})(?::|$)/;
const goFrame = /^([\w./*()-]{1,300})\(/;

/**
 * What stays the same of a stack trace wherever it happens again: the root exception's type, and the first frame below it,
 * without line numbers, messages and ids. `undefined` where the text is no trace.
 */
export function traceSignature(text: string): string | undefined {
  const lines = text.split('\n', maxLines);
  if (lines.length < 2) return undefined;
  return pythonSignature(lines) ?? goSignature(lines) ?? framesSignature(lines);
}

function pythonSignature(lines: readonly string[]): string | undefined {
  if (!lines.some((line) => line.endsWith('Traceback (most recent call last):'))) return undefined;
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
  const head = lines[0]?.startsWith('goroutine ') ? 'goroutine' : (lines[0] ?? '');
  return `go ${head.split(':', 2).join(':').replace(/\d+/g, '*')} ${goFrame.exec(frame ?? '')?.[1] ?? ''}`;
}

/** Java, Node and .NET: the last `Caused by` is the root, and the frames that follow it are its own. */
function framesSignature(lines: readonly string[]): string | undefined {
  const cause = lines.findLastIndex((line) => javaCause.test(line));
  const root = Math.max(cause, 0);
  const frame = lines.slice(root + 1).find((line) => frameOf(line) !== undefined);
  const type =
    cause === -1
      ? lines.map((line) => javaHead.exec(line)?.[1]).find((name) => name !== undefined)
      : javaCause.exec(lines[cause] ?? '')?.[1];
  if (frame === undefined || type === undefined) return undefined;
  return `${type.replace(/\$\$?Lambda.*$/, '')} ${frameOf(frame) ?? ''}`;
}

function frameOf(line: string): string | undefined {
  const name = javaFrame.exec(line)?.[1] ?? nodeFrame.exec(line)?.[1];
  // Generated classes (lambdas, proxies, reflection) carry numbers that change with every start.
  return name?.replace(/\d+/g, '*');
}
