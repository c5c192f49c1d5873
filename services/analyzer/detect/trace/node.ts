import { exceptionHead } from '#shared/text/exception-head.ts';
import { type Frame, type ReadTrace, traceOf } from './trace.ts';

/** `at save (/app/a.js:1:2)`, `at async run (file:///app/b.mjs:3:4)`, `at /app/c.js:5:6`, `at Array.map (<anonymous>)`. */
const frameLine =
  /^\s+at (?:async )?(?:(?:new )?([^\s(][^(]{0,300}) \()?([^()]{1,1000}:\d{1,7}:\d{1,7}|<anonymous>|index \d{1,6}|native)\)?(?: \{)?,?$/;
const causeLine = /^\s+\[cause\]: (.*)/;
const head = /^(?:Uncaught )?([A-Za-z_$][\w.$]{0,200})(?: \[([\w-]{1,80})\])?(?:: (.*)|$)/;

/** True where the line is a frame as V8 prints it. */
export function isNodeFrame(line: string): boolean {
  return frameLine.test(line);
}

/** The root is the innermost `[cause]`, which stands below the frames of what it caused; where it has no frame of its own, those count. */
export function readNodeTrace(lines: readonly string[]): ReadTrace | undefined {
  const first = lines.findIndex(isNodeFrame);
  if (first === -1) return undefined;
  const cause = lines.findLastIndex((line) => causeLine.test(line));
  const own = framesOf(lines.slice(Math.max(cause, first)));
  const around =
    cause === -1 ? [] : framesOf(lines.slice(first, cause)).filter(({ owner }) => owner === 'own');
  const root = cause === -1 ? undefined : headOf(causeLine.exec(lines[cause] ?? '')?.[1] ?? '');
  const found = root ?? headAbove(lines.slice(0, first));
  return found === undefined ? undefined : traceOf('node', found, [...own, ...around]);
}

function headAbove(lines: readonly string[]) {
  for (const line of lines.toReversed()) if (exceptionHead(line) !== undefined) return headOf(line);
  for (const line of lines.toReversed()) {
    const within = /(?:^|[\s(])([A-Za-z_$][\w$]{0,120}(?:Error|Exception))(?: \[[\w-]{1,80}\])?: (.*)/.exec(
      line,
    );
    if (within !== null) return { exception: within[1] ?? '', message: within[2] ?? '' };
  }
  return undefined;
}

function headOf(line: string): { exception: string; message: string } | undefined {
  const [, exception, code, message = ''] = head.exec(line) ?? [];
  if (exception === undefined) return undefined;
  return { exception: code === undefined ? exception : `${exception} [${code}]`, message };
}

function framesOf(lines: readonly string[]): Frame[] {
  return lines.flatMap((line) => {
    const found = frameLine.exec(line);
    return found === null ? [] : [frameOf(found[1], found[2] ?? '')];
  });
}

/** Its function and the file's name: where the file lies differs from one deployment to the next. */
function frameOf(call: string | undefined, location: string): Frame {
  const path = location.replace(/:\d{1,7}:\d{1,7}$/, '').replaceAll('\\', '/');
  const file = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/[.-](?=[a-z]{0,32}\d)[0-9a-z]{6,64}(?=\.\w{1,4}$)/i, '');
  const name = (call ?? '<anonymous>').replace(/ \[as [^\]]{1,200}\]$/, '').replace(/^async /, '');
  return { name: `${name} (${file})`, owner: ownerOf(path) };
}

function ownerOf(path: string): Frame['owner'] {
  if (/^(?:node:|internal\/|<anonymous>|index \d|native)/.test(path)) return 'platform';
  // Before version 16, what Node itself consists of was named without a path: `net.js`, `events.js`.
  if (!path.includes('/')) return 'platform';
  return path.includes('/node_modules/') ? 'library' : 'own';
}
