import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { type Origin, viaHeader } from '#shared/audit/index.ts';

/**
 * How a request of the API came, and from where, for the audit log. The command line says that it is that; only who `access` has let through
 * is asked, and what else they say counts for nothing.
 */
export function originOf(context: Context): Origin {
  const via = context.req.header(viaHeader) === 'cli' ? 'cli' : 'api';
  return { via, address: addressOf(context) };
}

/** The address of the other end of the connection; `undefined` where it was asked without one. Behind a proxy it is the proxy's. */
export function addressOf(context: Context): string | undefined {
  try {
    return getConnInfo(context).remote.address;
  } catch {
    return undefined;
  }
}
