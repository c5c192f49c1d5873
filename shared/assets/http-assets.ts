import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { unlessAborted } from '#shared/lifecycle/unless-aborted.ts';
import type { Asset } from '#shared/model/index.ts';
import { normalHost } from '#shared/text/host-name.ts';
import { askInventory, type InventoryAddress } from './ask-inventory.ts';
import type { Assets } from './port.ts';

export interface HttpAssetsOptions {
  readonly config: InventoryAddress & Pick<NonNullable<Config['assets']>, 'cacheMinutes'>;
  readonly logger: Logger;
  readonly metrics?: Registry | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** Hosts that are remembered, of about a kilobyte each and ten at most. */
const maxHosts = 10_000;
/** Requests under way at once, and hosts that wait for their turn; what is beyond is asked another time. */
const concurrency = 4;
const maxWaiting = 256;
/** After a failure nobody is asked for so long, doubled with each further one. */
const firstPauseMs = 5000;
const longestPauseMs = 5 * 60_000;

/**
 * What may be asked about: host names and addresses. Names come from log text, so nothing else reaches the inventory; and as one
 * encoded part of the configured address it can lead nowhere else, `..` included, which has neither letter nor digit.
 */
const askable = /^(?=.*[\p{L}\p{N}])[\p{L}\p{N}_.:-]{1,253}$/u;

interface Known {
  readonly asset: Asset | undefined;
  readonly freshUntil: number;
}

/** An inventory behind an address. */
export function openHttpAssets(options: HttpAssetsOptions): Assets {
  return new HttpAssets(options);
}

class HttpAssets implements Assets {
  readonly #options: HttpAssetsOptions;
  readonly #clock: () => number;
  readonly #known = new LRUCache<string, Known>({ max: maxHosts });
  readonly #asking = new Map<string, Promise<Asset | undefined>>();
  readonly #limit = pLimit(concurrency);
  readonly #closing = new AbortController();
  readonly #requests: Counter<'outcome'> | undefined;
  #failures = 0;
  #pausedUntil = 0;

  constructor(options: HttpAssetsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#requests = options.metrics && requestCounter(options.metrics);
  }

  lookup(host: string): Asset | undefined {
    const key = normalHost(host);
    const known = this.#known.get(key);
    if (known === undefined || known.freshUntil <= this.#clock()) void this.#ask(key);
    return asOf(known?.asset, host);
  }

  async fetch(host: string, signal: AbortSignal): Promise<Asset | undefined> {
    signal.throwIfAborted();
    const key = normalHost(host);
    const known = this.#known.get(key);
    if (known !== undefined && known.freshUntil > this.#clock()) return asOf(known.asset, host);
    // The request goes on for others, and for the next time.
    return asOf(await unlessAborted(this.#ask(key), signal), host);
  }

  async health(): Promise<DependencyHealth> {
    const { origin } = new URL(this.#options.config.url);
    // A name that no inventory has: that it says so is answer enough.
    const answer = await askInventory(this.#options.config, 'logpatrol-doctor.invalid', this.#closing.signal);
    if (answer.ok) return { name: 'inventory', ok: true, detail: `${origin} answers` };
    return {
      name: 'inventory',
      ok: false,
      detail: `no useful answer from ${origin}: ${answer.reason}`,
      remedy: 'check assets.url and assets.token; until then findings do without owner and facts of hosts',
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await Promise.allSettled(this.#asking.values());
  }

  /** Asks once, whoever wants to know; what was known before where there is no answer. Never rejects. */
  #ask(key: string): Promise<Asset | undefined> {
    const before = this.#known.get(key)?.asset;
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const isFutile =
      !askable.test(key) ||
      this.#isPaused ||
      this.#closing.signal.aborted ||
      this.#limit.pendingCount >= maxWaiting;
    if (isFutile) return Promise.resolve(before);
    const asked = this.#limit(() => this.#answerOf(key, before)).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  async #answerOf(key: string, before: Asset | undefined): Promise<Asset | undefined> {
    // It may have begun to fail while this one waited its turn.
    if (this.#isPaused || this.#closing.signal.aborted) return before;
    const answer = await askInventory(this.#options.config, key, this.#closing.signal);
    if (this.#closing.signal.aborted) return before;
    this.#requests?.inc({ outcome: answer.ok ? (answer.asset === undefined ? 'none' : 'found') : 'failed' });
    if (!answer.ok) {
      this.#pause(answer.reason);
      return before;
    }
    if (this.#failures > 0) this.#options.logger.info('the inventory answers again');
    this.#failures = 0;
    const freshUntil = this.#clock() + this.#options.config.cacheMinutes * 60_000;
    this.#known.set(key, { asset: answer.asset, freshUntil });
    return answer.asset;
  }

  get #isPaused(): boolean {
    return this.#clock() < this.#pausedUntil;
  }

  #pause(reason: string): void {
    // Several under way fail of one cause.
    if (this.#isPaused) return;
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    this.#pausedUntil = this.#clock() + pause;
    if (this.#failures === 1)
      this.#options.logger.warn(`the inventory does not answer, findings do without it: ${reason}`);
  }
}

/** It is told by the name that it was asked about. */
function asOf(asset: Asset | undefined, host: string): Asset | undefined {
  return asset === undefined || asset.host === host ? asset : { ...asset, host };
}

function requestCounter(registry: Registry): Counter<'outcome'> {
  return new Counter({
    name: 'logpatrol_assets_requests_total',
    help: 'Hosts that the inventory was asked about, by outcome (found, none, failed).',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
}
