import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Origin } from '#shared/audit/index.ts';

/** Where a request of the API came from, for the audit log. */
export function originOf(context: Context): Origin {
  return { via: 'api', address: addressOf(context) };
}

/** The address of the other end of the connection; `undefined` where it was asked without one. Behind a proxy it is the proxy's. */
export function addressOf(context: Context): string | undefined {
  try {
    return getConnInfo(context).remote.address;
  } catch {
    return undefined;
  }
}
