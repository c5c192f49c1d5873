import { mask } from '../mask.ts';
import { type Frame, type ReadTrace, traceOf } from './trace.ts';

const goroutine = /^goroutine \d{1,10} \[/;
const panic = /(?:^|[\s"])(panic|fatal error)(?: serving [^\s]{1,100})?: (.*)/;
const call = /^(?:created by )?([\w./*()%~@-]{1,400})\(/;
const panicCall = /^(?:panic|runtime\.(?:gopanic|goPanic\w{1,40}|panic\w{1,40}|sigpanic|throw|fatalpanic))\(/;
const location = /^\t(\S{1,1000}):\d{1,7}(?: |$)/;

/** First elements of the standard library's paths. */
const standard = new Set(
  `archive bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html
   image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync
   syscall testing text time unicode unique unsafe vendor weak`.split(/\s+/),
);

/**
 * The goroutine printed first is the one that failed; its calls below the last `panic(…)` led there. A panic has no type, so that its
 * message tells it from others: of one of the runtime's own the whole of it, else up to the second colon, with variables masked.
 */
export function readGoTrace(lines: readonly string[]): ReadTrace | undefined {
  const start = lines.findIndex((line) => goroutine.test(line));
  if (start === -1) return undefined;
  const head = lines
    .slice(0, start)
    .map((line) => panic.exec(line))
    .find((found) => found !== null);
  const exception = head?.[1] ?? 'goroutine';
  const message = (head?.[2] ?? '').replace(/ \[recovered\](?:, repanicked\])?.*$/, '');
  const length = lines.slice(start + 1).findIndex((line) => goroutine.test(line));
  const own = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length);
  const stack = stackOf(own.slice(own.findLastIndex((line) => panicCall.test(line)) + 1));
  return traceOf('go', { exception, message }, stack, kindOf(message));
}

function kindOf(message: string): string {
  return mask(message.startsWith('runtime error: ') ? message : message.split(':', 1).join(''));
}

function stackOf(lines: readonly string[]): Frame[] {
  return lines.flatMap((line, index) => {
    const name = call.exec(line.replace(/\[[^\]]{0,300}\](?=\()/, ''))?.[1];
    if (name === undefined || line.startsWith('created by ')) return [];
    const path = location.exec(lines[index + 1] ?? '')?.[1] ?? '';
    return [{ name, owner: ownerOf(name, path) }];
  });
}

function ownerOf(name: string, path: string): Frame['owner'] {
  const first = /^[^./]*/.exec(name)?.[0] ?? '';
  if (standard.has(first)) return 'platform';
  return /\/pkg\/mod\/|\/vendor\//.test(path) ? 'library' : 'own';
}
