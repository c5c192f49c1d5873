import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Asset } from '#shared/model/index.ts';
import { normalHost } from '#shared/text/host-name.ts';
import { assetOfAnswer } from './answer.ts';
import type { Assets } from './port.ts';

export type HttpAssetsConfig = Pick<
  NonNullable<Config['assets']>,
  'token' | 'timeoutSeconds' | 'cacheMinutes'
> & { readonly url: string };

export interface HttpAssetsOptions {
  readonly config: HttpAssetsConfig;
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
/** Of an answer, in bytes. */
const maxAnswerBytes = 256 * 1024;
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
    const answer = await this.#request('logpatrol-doctor.invalid', this.#closing.signal);
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
    const answer = await this.#request(key, this.#closing.signal);
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

  async #request(host: string, signal: AbortSignal): Promise<Answer> {
    const { url, token, timeoutSeconds } = this.#options.config;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    try {
      const response = await fetch(url.replaceAll('{host}', encodeURIComponent(host)), {
        headers: {
          accept: 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        // Elsewhere is not where the configuration says; and the token is not for it.
        redirect: 'manual',
        signal: limit,
      });
      if (response.status === 404 || response.status === 204) {
        await response.body?.cancel();
        return { ok: true, asset: undefined };
      }
      if (!response.ok) {
        await response.body?.cancel();
        const isElsewhere = response.status >= 300 && response.status < 400;
        return {
          ok: false,
          reason: `HTTP ${response.status}${isElsewhere ? ', which is not followed' : ''}`,
        };
      }
      return { ok: true, asset: assetOfAnswer(JSON.parse(await boundedText(response)), host) };
    } catch (thrown) {
      return { ok: false, reason: reasonOf(thrown, timeoutSeconds) };
    }
  }
}

type Answer =
  | { readonly ok: true; readonly asset: Asset | undefined }
  | { readonly ok: false; readonly reason: string };

/** It is told by the name that it was asked about. */
function asOf(asset: Asset | undefined, host: string): Asset | undefined {
  return asset === undefined || asset.host === host ? asset : { ...asset, host };
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxAnswerBytes) throw new Error(`the answer has more than ${maxAnswerBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Rejects with the signal's reason as soon as it is aborted. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Without the answer's text, which JSON's mistakes quote, and without the address's query. */
function reasonOf(thrown: unknown, timeoutSeconds: number): string {
  if (thrown instanceof SyntaxError) return 'the answer is no JSON';
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return `no answer within ${timeoutSeconds} s`;
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return messageOf(cause ?? thrown);
}

function requestCounter(registry: Registry): Counter<'outcome'> {
  return new Counter({
    name: 'logpatrol_assets_requests_total',
    help: 'Hosts that the inventory was asked about, by outcome (found, none, failed).',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
}
