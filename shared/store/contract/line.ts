import type { LogDocument } from '../port.ts';

/** A moment that all documents of the contract count from. */
export const start = Date.UTC(2026, 10, 20, 8, 0, 0);

/** What does not end by itself. */
export const forever = { signal: new AbortController().signal };

let lines = 0;

/** A log document as the indexer makes it, with an id of its own unless one is given. */
export function line(
  message: string | undefined,
  { id, type = 'app', at = start, host = 'web-1', service = 'orders', ...more }: LineOptions = {},
): LogDocument {
  lines += 1;
  const event = {
    '@timestamp': new Date(at).toISOString(),
    message,
    host: { name: host },
    service: { name: service },
    log: { offset: lines * 100, file: { path: '/var/log/app.log' } },
    ...more,
  };
  return { id: id ?? `line-${lines}`, type, json: JSON.stringify(event) };
}

interface LineOptions {
  readonly id?: string;
  readonly type?: string;
  readonly at?: number;
  readonly host?: string;
  readonly service?: string;
  readonly [field: string]: unknown;
}
