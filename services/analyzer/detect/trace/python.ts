import { type Frame, type ReadTrace, traceOf } from './trace.ts';

const traceback = 'Traceback (most recent call last):';
const frameLine = /^\s+File "([^"]{1,1000})", line \d{1,7}, in ([\w<>.]{1,200})/;
const end = /^([A-Za-z_][\w.]{0,200})(?:: ?(.*)|$)/;
/** What an exception group draws before its lines. */
const gutter = /^\s{0,200}(?:\| ?|\+ (?=Exception Group))/;
const groupEnd = /^(?:\w+\.)*(?:Base)?ExceptionGroup\b/;
const library = /[\\/](?:site-packages|dist-packages)[\\/]/;
const platform = /^<frozen |[\\/]lib(?:64)?[\\/]python[\d.]{1,8}[\\/]|[\\/]Python\d{1,4}[\\/]Lib[\\/]/i;

/**
 * Of several tracebacks tied together (`The above exception was the direct cause …`, `During handling of the above exception …`) the
 * first is the root; of an exception group, the first exception in it. The innermost frame stands last.
 */
export function readPythonTrace(all: readonly string[]): ReadTrace | undefined {
  const start = all.findIndex((line) => line.endsWith(traceback));
  if (start === -1) return undefined;
  const lines = all.slice(start).map((line) => line.replace(gutter, ''));
  const starts = lines.flatMap((line, index) => (line.endsWith(traceback) ? [index] : []));
  const parts = starts.map((from, index) => readPart(lines.slice(from + 1, starts[index + 1])));
  const root = parts.find((part) => !groupEnd.test(part.exception)) ?? parts[0];
  return root === undefined ? undefined : traceOf('python', root, root.stack);
}

function readPart(lines: readonly string[]) {
  const last = lines.findLastIndex((line) => frameLine.test(line));
  const [, exception = '', message = ''] =
    lines
      .slice(last + 1)
      .map((line) => end.exec(line))
      .find((found) => found !== null) ?? [];
  const stack = lines
    .slice(0, last + 1)
    .flatMap((line) => {
      const found = frameLine.exec(line);
      return found === null ? [] : [frameOf(found[1] ?? '', found[2] ?? '')];
    })
    .reverse();
  return { exception, message, stack };
}

/** Its function and the file's name: where the file lies differs from one deployment to the next. */
function frameOf(file: string, name: string): Frame {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return { name: `${name} (${base})`, owner: ownerOf(file) };
}

/** Packages are installed below the library of the language. */
function ownerOf(file: string): Frame['owner'] {
  if (library.test(file)) return 'library';
  return platform.test(file) ? 'platform' : 'own';
}
