import { hostname } from 'node:os';
import type { Context } from 'hono';
import { socketAddressOf } from '../origin.ts';

/** Names under which this machine calls itself; a name that a stranger's DNS points here is none of them. */
const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', hostname().toLowerCase()]);

const useToken = 'set http.token (LOGPATROL_HTTP_TOKEN) and send it as Authorization: Bearer …';

/**
 * Why this request does not count as one of a person on this machine; `undefined` where it does. The address alone does not prove it: a
 * web page that the person reads can make their browser ask too (cross-site posts, DNS rebinding), and a proxy on this machine asks for
 * others.
 */
export function strangerWhy(context: Context): string | undefined {
  if (!isLoopback(socketAddressOf(context))) return `only this machine may do that; ${useToken}`;
  for (const header of ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])
    if (context.req.header(header) !== undefined) return `not through a proxy; ${useToken}`;
  const host = nameIn(context.req.header('host') ?? '');
  if (host === undefined || !ownNames.has(host))
    return `the Host header does not name this machine; ${useToken}`;
  const origin = context.req.header('origin');
  if (origin !== undefined && URL.parse(origin)?.host !== context.req.header('host')?.toLowerCase())
    return 'not from the page of another site';
  if (/^(?:cross-site|same-site)$/.test(context.req.header('sec-fetch-site') ?? ''))
    return 'not from the page of another site';
  return undefined;
}

/** One that is not known counts as a stranger's. */
function isLoopback(address = ''): boolean {
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1';
}

/** The name in `name:port`. */
function nameIn(host: string): string | undefined {
  return /^(\[[\d:a-f]+\]|[^\s:/@]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
}
