import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { auditRecord } from '#shared/audit/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import { addressOf } from '../origin.ts';
import type { Caller } from './caller.ts';
import type { ApiRoute } from './routes.ts';

export interface RefusalBookOptions {
  readonly bus: Bus;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const windowMs = 60_000;
/**
 * Entries a minute of strangers, and as many of callers that are known, so that nobody hides theirs behind the noise of the other. Who
 * tries for long shows in the first of them, and the counter has every one.
 */
const mostInWindow = 60;
/** Who was refused what is remembered for so many, and not written again within the minute. */
const rememberedRefusals = 1_000;

/**
 * Writes into the audit log whom the API has refused: rights that somebody does not have, tokens that are none. The same refusal of the
 * same caller once a minute, and sixty entries a minute of each kind, so that nobody can fill the log.
 */
export class RefusalBook {
  readonly #options: RefusalBookOptions;
  readonly #known: LRUCache<string, true>;
  readonly #writing = new Set<Promise<void>>();
  readonly #count: Counter<'why'>;
  #window = { since: 0, strangers: 0, callers: 0 };

  constructor(options: RefusalBookOptions) {
    this.#options = options;
    this.#known = new LRUCache({ max: rememberedRefusals });
    this.#count = new Counter({
      name: 'logpatrol_http_refused_total',
      help: 'Requests to the API that were refused for want of a right, or of a token that is one.',
      labelNames: ['why'] as const,
      registers: [options.registry],
    });
  }

  /** Never fails, and nobody waits for it. @param caller absent where nobody knows who it was */
  note(context: Context, caller: Caller | undefined, why: string, route?: ApiRoute): void {
    this.#count.inc({ why: caller === undefined ? 'token' : 'role' });
    const { clock, logger } = this.#options;
    const address = addressOf(context);
    const account = caller?.account;
    // What was asked for without a token that is one may be anything.
    const action = route === undefined ? 'api.enter' : `${route.method} ${route.path}`;
    const at = clock();
    const who = caller === undefined ? 'strangers' : 'callers';
    if (!this.#isNews(who, `${account ?? `from ${address}`} ${action} ${why}`, at)) return;
    const name = caller?.person ?? account ?? 'unknown';
    const entry = {
      ...({ id: randomUUID(), at: new Date(at).toISOString(), by: { id: name, name }, via: 'api' } as const),
      ...({ action, outcome: 'refused', why } as const),
      ...(account !== undefined && { account }),
      ...(address !== undefined && { address }),
    };
    logger.warn({ audit: entry }, `gateway: ${action} by ${name} refused: ${why}`);
    const written = this.#write(entry).catch((thrown: unknown) =>
      logger.error(`gateway: a refusal is not in the audit log, only above: ${messageOf(thrown)}`),
    );
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }

  /** Ends once all that was noted is written, or could not be. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing);
  }

  #isNews(who: 'strangers' | 'callers', key: string, now: number): boolean {
    if (now - this.#window.since >= windowMs) {
      this.#window = { since: now, strangers: 0, callers: 0 };
      this.#known.clear();
    }
    if (this.#known.has(key) || this.#window[who] >= mostInWindow) return false;
    this.#known.set(key, true);
    this.#window[who] += 1;
    return true;
  }

  async #write(entry: Parameters<typeof auditRecord>[0]): Promise<void> {
    const writer = await this.#options.bus.writer(`refusals-${randomUUID()}`);
    try {
      await writer.write([auditRecord(entry)]);
    } finally {
      await writer.close();
    }
  }
}
