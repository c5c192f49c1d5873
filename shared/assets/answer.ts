import { z } from 'zod';
import type { Asset } from '#shared/model/index.ts';
import { isSameHost } from '#shared/text/host-name.ts';
import { entryOf } from './entry.ts';

const Fields = z.record(z.string(), z.unknown());

/** Keys below which inventories put what was found: one object, or a list of them. */
const wrappers = ['data', 'result', 'results', 'items'];
/** What stands beside them, and alone where nothing was found. */
const envelope = new Set([
  'code',
  'msg',
  'message',
  'error',
  'errors',
  'errcode',
  'errmsg',
  'success',
  'status',
]);

/**
 * What an inventory's answer about a host says: an object with its fields; or one such object, or a list, below `data`, `result`,
 * `results` or `items`. Of a list, the one that names the host, else the only one. Undefined where that is none.
 */
export function assetOfAnswer(answer: unknown, host: string): Asset | undefined {
  // Twice, for `{ "data": { "items": […] } }`.
  const found = unwrapped(unwrapped(answer));
  const candidates = (Array.isArray(found) ? found : [found]).flatMap((one) => {
    const fields = Fields.safeParse(one);
    return fields.success && !isNothing(fields.data) ? [entryOf(fields.data)] : [];
  });
  const named = candidates.find(({ hosts }) => hosts.some((name) => isSameHost(name, host)));
  const entry = named ?? (candidates.length === 1 ? candidates[0] : undefined);
  return entry === undefined ? undefined : { host, ...entry.asset };
}

function unwrapped(answer: unknown): unknown {
  const fields = Fields.safeParse(answer).data ?? {};
  const key = wrappers.find((each) => typeof fields[each] === 'object');
  return key === undefined ? answer : fields[key];
}

function isNothing(fields: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(fields).every((key) => envelope.has(key));
}
