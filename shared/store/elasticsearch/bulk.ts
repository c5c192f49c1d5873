import pLimit, { type LimitFunction } from 'p-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { WriteOptions, WriteOutcome } from '../port.ts';
import { untilDone } from '../waiting.ts';
import { type Connection, missingRightsRemedy, Refused } from './connection.ts';
import { storedIds } from './stored-ids.ts';

/** One document to write: the action line and the source line of the bulk request, without newlines. */
export interface BulkItem {
  readonly id: string;
  readonly index: string;
  readonly action: string;
  readonly source: string;
}

/**
 * What the index must be: a data stream takes an id once an index, so what is uncertain is looked up in all of them. A time series takes
 * each document into the index of its time, which refuses what it has by itself.
 */
export type Target = 'data-stream' | 'time-series' | 'alias';

const ItemResult = z.object({
  status: z.number(),
  error: z.object({ type: z.string().optional(), reason: z.string().nullish() }).optional(),
});
type ItemResult = z.infer<typeof ItemResult>;
const BulkAnswer = z.object({ errors: z.boolean(), items: z.array(z.unknown()) });
const BulkItems = z.array(z.record(z.string(), ItemResult));

/** A bulk that takes longer is given up and tried again. */
const bulkTimeoutMs = 60_000;
const stored: WriteOutcome = { kind: 'stored' };
const duplicate: WriteOutcome = { kind: 'duplicate' };

/** Writes documents in requests of so many bytes, so many at once, and gives each its outcome. */
export class BulkWriter {
  readonly #connection: Connection;
  readonly #logger: Logger;
  readonly #bulkBytes: number;
  readonly #limit: LimitFunction;

  constructor(
    connection: Connection,
    options: { readonly bulkBytes: number; readonly bulkConcurrency: number; readonly logger: Logger },
  ) {
    this.#connection = connection;
    this.#logger = options.logger;
    this.#bulkBytes = options.bulkBytes;
    this.#limit = pLimit(options.bulkConcurrency);
  }

  /** One outcome an item, in order; waits while Elasticsearch is down or overloaded. @throws the signal's reason */
  async write(items: readonly BulkItem[], target: Target, options: WriteOptions): Promise<WriteOutcome[]> {
    options.signal.throwIfAborted();
    const requests = inRequests(items, this.#bulkBytes).map((part) =>
      this.#limit(() => this.#settle(part, target, options)),
    );
    return (await Promise.all(requests)).flat();
  }

  async #settle(items: readonly BulkItem[], target: Target, options: WriteOptions): Promise<WriteOutcome[]> {
    const outcomes = new Map<BulkItem, WriteOutcome>();
    let open = items;
    let unsure = options.verify === true;
    const attempt = async (): Promise<void> => {
      if (unsure && target === 'data-stream') {
        await this.#findStored(open, outcomes, options.signal);
        open = items.filter((item) => !outcomes.has(item));
      }
      if (open.length === 0) return;
      unsure = true;
      const trouble = await this.#send(open, target, outcomes, options);
      // A shard that answered 5xx may have taken the document all the same.
      unsure = trouble?.isUncertain ?? false;
      open = items.filter((item) => !outcomes.has(item));
      if (trouble !== undefined) throw new LogpatrolError('unreachable', trouble.reason);
    };
    await untilDone(attempt, options.signal, (error, attempts) =>
      this.#logger.warn({ attempts, documents: open.length }, `${error.message}; trying again`),
    );
    return items.map((item) => final(item, outcomes));
  }

  async #findStored(
    items: readonly BulkItem[],
    outcomes: Map<BulkItem, WriteOutcome>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const [index, group] of Map.groupBy(items, (item) => item.index)) {
      const found = await storedIds(
        this.#connection,
        index,
        group.map((item) => item.id),
        signal,
      );
      for (const item of group) if (found.has(item.id)) outcomes.set(item, duplicate);
    }
  }

  /** Sends once, and notes what is final. Returns why the others are not. */
  async #send(
    items: readonly BulkItem[],
    target: Target,
    outcomes: Map<BulkItem, WriteOutcome>,
    options: WriteOptions,
  ): Promise<Trouble | undefined> {
    let lines = '';
    for (const item of items) lines += `${item.action}\n${item.source}\n`;
    try {
      const answer = await this.#connection.call({
        method: 'POST',
        path: '/_bulk',
        query: {
          [target === 'alias' ? 'require_alias' : 'require_data_stream']: true,
        },
        lines,
        signal: options.signal,
        timeoutMs: bulkTimeoutMs,
      });
      return noteOutcomes(items, target, answer, outcomes);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 404) throw new LogpatrolError('unreachable', error.message, { cause: error });
      return await this.#divide(items, target, outcomes, options, error);
    }
  }

  /** The request as a whole was refused (too large, or one document spoils it): halves it until the culprits stand alone. */
  async #divide(
    items: readonly BulkItem[],
    target: Target,
    outcomes: Map<BulkItem, WriteOutcome>,
    options: WriteOptions,
    refusal: Refused,
  ): Promise<undefined> {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      outcomes.set(only, { kind: 'rejected', reason: `${refusal.status}: ${refusal.message}` });
      return undefined;
    }
    const middle = items.length >> 1;
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      const settled = await this.#settle(half, target, { signal: options.signal });
      for (const [index, outcome] of settled.entries()) {
        const item = half[index];
        if (item !== undefined) outcomes.set(item, outcome);
      }
    }
    return undefined;
  }
}

/** Why some items have no outcome yet, and whether they may have been written nevertheless. */
interface Trouble {
  readonly reason: string;
  readonly isUncertain: boolean;
}

function final(item: BulkItem, outcomes: ReadonlyMap<BulkItem, WriteOutcome>): WriteOutcome {
  const outcome = outcomes.get(item);
  if (outcome === undefined) throw new Error(`document ${item.id} was left without an outcome`);
  return outcome;
}

function inRequests(items: readonly BulkItem[], maxBytes: number): BulkItem[][] {
  const requests: BulkItem[][] = [];
  let current: BulkItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(item.source) + item.action.length + 2;
    if (current.length > 0 && bytes + size > maxBytes) {
      requests.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}

function noteOutcomes(
  items: readonly BulkItem[],
  target: Target,
  answer: unknown,
  outcomes: Map<BulkItem, WriteOutcome>,
): Trouble | undefined {
  const parsed = BulkAnswer.safeParse(answer);
  const results = parsed.success && parsed.data.errors ? BulkItems.safeParse(parsed.data.items) : undefined;
  if (!parsed.success || parsed.data.items.length !== items.length || results?.success === false)
    throw new LogpatrolError('unreachable', 'Elasticsearch answered something that is no bulk result');
  if (results === undefined) {
    for (const item of items) outcomes.set(item, stored);
    return undefined;
  }
  let trouble: Trouble | undefined;
  for (const [index, item] of items.entries()) {
    const result = Object.values(results.data[index] ?? {})[0];
    const outcome = result === undefined ? undefined : outcomeOf(result, target);
    if (outcome !== undefined) outcomes.set(item, outcome);
    else
      trouble = {
        reason: `Elasticsearch does not take documents into ${item.index} now: ${explain(result)}`,
        isUncertain: trouble?.isUncertain === true || (result?.status ?? 500) >= 500,
      };
  }
  return trouble;
}

/** Final, or undefined where it may yet work: overload, blocks, shards that are away, and what `logpatrol setup` mends. */
function outcomeOf(result: ItemResult, target: Target): WriteOutcome | undefined {
  if (result.status < 300) return stored;
  if (result.status === 409) return duplicate;
  const isRefused = result.status === 400 || (target === 'time-series' && isClosed(result));
  if (isRefused && !isMissingPipeline(result))
    return { kind: 'rejected', reason: explain(result).slice(0, 1000) };
  return undefined;
}

/** The index of that time is read-only by its lifecycle, and stays so; a disk that is too full answers 429. */
function isClosed({ status, error }: ItemResult): boolean {
  return status === 403 && error?.type === 'cluster_block_exception';
}

function isMissingPipeline(result: ItemResult): boolean {
  return /^pipeline with id .* does not exist$/.test(result.error?.reason ?? '');
}

function explain(result: ItemResult | undefined): string {
  if (result === undefined) return 'no result';
  return `${result.status} ${result.error?.type ?? ''}: ${result.error?.reason ?? ''}${remedyOf(result)}`;
}

function remedyOf(result: ItemResult): string {
  if (result.status === 404 || isMissingPipeline(result)) return '; run `logpatrol setup`';
  return result.status === 403 && result.error?.type === 'security_exception'
    ? `; ${missingRightsRemedy}`
    : '';
}
