import type { Context, MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { addressOf } from '../origin.ts';

const windowMs = 60_000;
/** Addresses that are remembered; beyond them the one that was quiet longest begins anew. */
const rememberedAddresses = 5_000;

/**
 * Lets so many requests a minute through from each address; a proxy is one address.
 *
 * @param clock milliseconds since the epoch
 */
export function rateLimit(
  perMinute: number,
  clock: () => number,
  refuse: (context: Context) => Response,
): MiddlewareHandler {
  const counts = new LRUCache<string, { readonly since: number; count: number }>({
    max: rememberedAddresses,
  });
  return async (context, next) => {
    const address = addressOf(context) ?? '';
    const now = clock();
    let window = counts.get(address);
    if (window === undefined || now - window.since >= windowMs) {
      window = { since: now, count: 0 };
      counts.set(address, window);
    }
    window.count += 1;
    if (window.count <= perMinute) return next();
    context.header('Retry-After', '60');
    return refuse(context);
  };
}
