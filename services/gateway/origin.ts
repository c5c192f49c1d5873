import { BlockList, isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { type Origin, viaHeader } from '#shared/audit/index.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Where the request came from, behind proxies that are believed. */
    address: string | undefined;
  }
}

/**
 * How a request of the API came, from where, and by whose rights, for the audit log. The command line says that it is that; only who
 * `access` has let through is asked, and what else they say counts for nothing.
 */
export function originOf(context: Context): Origin {
  const via = context.req.header(viaHeader) === 'cli' ? 'cli' : 'api';
  return { via, address: addressOf(context), account: context.get('caller').account };
}

/** Where the request came from: the other end of the connection, or whom a proxy that is believed names. */
export function addressOf(context: Context): string | undefined {
  return context.get('address');
}

/** The address of the other end of the connection; `undefined` where it was asked without one. Behind a proxy it is the proxy's. */
export function socketAddressOf(context: Context): string | undefined {
  try {
    return getConnInfo(context).remote.address;
  } catch {
    return undefined;
  }
}

/**
 * Finds out where each request came from. X-Forwarded-For is read from its end, which the nearest proxy wrote, for as long as those who
 * wrote it are believed; what a client itself has put before that counts for nothing.
 *
 * @param trustedProxies addresses, and blocks as 10.0.0.0/8
 */
export function clientAddress(trustedProxies: readonly string[]): MiddlewareHandler {
  const trusted = new BlockList();
  for (const block of trustedProxies) {
    const [address = '', bits] = block.split('/');
    const family = familyOf(address);
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean => trusted.check(address, familyOf(address));
  return async (context, next) => {
    let address = plain(socketAddressOf(context) ?? '');
    const named = (context.req.header('x-forwarded-for') ?? '').split(',').map(plain);
    while (isIP(address) !== 0 && isTrusted(address)) {
      const before = named.pop();
      // A proxy that names nobody, or no address, is where it came from as far as can be known.
      if (before === undefined || isIP(before) === 0) break;
      address = before;
    }
    context.set('address', address || undefined);
    return next();
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Without a port, brackets, and the prefix that an IPv4 address has on a socket of both kinds. */
function plain(text: string): string {
  const address = text.trim().toLowerCase();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/^::ffff:(?=[\d.]+$)/, '');
}
