import type { Context, MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { addressOf } from './origin.ts';

const windowMs = 60_000;
/** Whoever is counted is remembered; beyond these the one that was quiet longest begins anew. */
const rememberedKeys = 5_000;

export interface RateLimitOptions {
  readonly perMinute: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Who is counted; by default the address, where an IPv6 network of one subscriber (/64) is one. */
  readonly keyOf?: (context: Context) => string;
  readonly refuse: (context: Context) => Response;
}

/** Lets so many requests a minute through from each; to the others it says after how many seconds to come again. */
export function rateLimit({
  perMinute,
  clock,
  keyOf = networkOf,
  refuse,
}: RateLimitOptions): MiddlewareHandler {
  const counts = new LRUCache<string, { readonly since: number; count: number }>({ max: rememberedKeys });
  return async (context, next) => {
    const key = keyOf(context);
    const now = clock();
    let window = counts.get(key);
    if (window === undefined || now - window.since >= windowMs) {
      window = { since: now, count: 0 };
      counts.set(key, window);
    }
    window.count += 1;
    if (window.count <= perMinute) return next();
    context.header('Retry-After', String(Math.max(1, Math.ceil((window.since + windowMs - now) / 1000))));
    return refuse(context);
  };
}

function networkOf(context: Context): string {
  const address = addressOf(context) ?? '';
  if (!address.includes(':') || address.includes('.')) return address;
  // `a::b` has zeros in the middle: as many groups as are missing.
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
