import { findEmails } from './emails.ts';
import type { Sensitive } from './kinds.ts';
import { findNumbers } from './numbers.ts';
import { findSecrets } from './secrets.ts';

/** Every value to be masked in a text, in order, none over another. Linear in the text's length, whatever stands in it. */
export function findSensitive(text: string): Sensitive[] {
  const secrets = merge(text, findSecrets(text).sort(byPlace));
  const personal = [...findEmails(text), ...findNumbers(text)].sort(byPlace);
  const found: Sensitive[] = [];
  let end = 0;
  let next = 0;
  for (const one of personal) {
    while (next < secrets.length && (secrets[next]?.end ?? 0) <= one.start) next++;
    const secret = secrets[next];
    // A secret goes before whatever it looks like: `user:password@host.example` is no address.
    if (one.start < end || (secret !== undefined && secret.start < one.end)) continue;
    found.push(one);
    end = one.end;
  }
  return [...found, ...secrets].sort(byPlace);
}

function byPlace(a: Sensitive, b: Sensitive): number {
  return a.start - b.start || b.end - a.end;
}

/** Secrets that touch are one: nothing of either may remain. */
function merge(text: string, sorted: readonly Sensitive[]): Sensitive[] {
  const merged: Sensitive[] = [];
  for (const one of sorted) {
    const last = merged.at(-1);
    if (last === undefined || one.start >= last.end) merged.push(one);
    else if (one.end > last.end)
      merged[merged.length - 1] = { ...last, end: one.end, value: text.slice(last.start, one.end) };
  }
  return merged;
}
