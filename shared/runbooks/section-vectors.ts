import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
import type { Nearness } from './library.ts';
import type { Embedder } from './port.ts';
import { dot, isUnit } from './vector.ts';
import { keyOf, type VectorCache } from './vector-cache.ts';
import type { Entry } from './words/word-index.ts';

/** Sections of one request to the model. */
const batchSize = 16;
/** After so many new vectors they are written to the disk, and when there are no more to make. */
const writeEvery = 256;
/** Characters of a section and of a query that are looked at: about what embedding models read. */
const maxLength = 4000;
/** Between two tries of a model that does not answer: from the first to the longest, in milliseconds. */
const firstPause = 30_000;
const longestPause = 600_000;

export interface VectorsOptions {
  readonly embedder: Embedder;
  readonly cache: VectorCache;
  readonly logger: Logger;
  /** How long a search waits for the vector of its query. */
  readonly queryMs: number;
  /** Told how many of the sections have a vector. */
  readonly onChange: (count: number) => void;
}

/**
 * The vectors of the sections, made in the background. A model that is absent or fails costs nothing but the vectors: words then
 * decide alone, which is said once.
 */
export class SectionVectors {
  readonly #options: VectorsOptions;
  readonly #closing = new AbortController();
  #vectors = new Map<string, Float32Array>();
  #wanted = new Map<string, string>();
  #keys = new WeakMap<Entry, string>();
  #filling: Promise<void> | undefined;
  #isFailing = false;
  readonly #firstFailure = Promise.withResolvers<void>();
  #restUntil = 0;
  #isWriteTold = false;

  constructor(options: VectorsOptions) {
    this.#options = options;
  }

  /** Takes these sections for all there are, and begins to make what is missing. */
  want(entries: readonly Entry[]): void {
    this.#wanted = new Map();
    for (const entry of entries) {
      const text = `${entry.runbook.title} ${entry.section.heading}\n${entry.section.text}`.slice(
        0,
        maxLength,
      );
      const key = keyOf(text);
      this.#keys.set(entry, key);
      this.#wanted.set(key, text);
    }
    this.#tell();
    this.#filling ??= this.#fill();
  }

  /** The sections nearest in meaning, the nearest first; none where the model does not answer, or not in time. Never rejects. */
  async nearest(entries: readonly Entry[], query: string, signal: AbortSignal): Promise<Nearness[]> {
    if (this.#vectors.size === 0 || query.trim() === '' || performance.now() < this.#restUntil) return [];
    let vector: Float32Array | undefined;
    try {
      const limit = AbortSignal.any([
        signal,
        this.#closing.signal,
        AbortSignal.timeout(this.#options.queryMs),
      ]);
      [vector] = await this.#embed([query.slice(0, maxLength)], limit);
      this.#worked();
    } catch (error) {
      // Whoever asked has given up, or we have: that says nothing of the model.
      if (!signal.aborted && !this.#closing.signal.aborted) this.#failed(error);
    }
    if (vector === undefined) return [];
    const near: Nearness[] = [];
    for (const [index, entry] of entries.entries()) {
      const own = this.#vectors.get(this.#keys.get(entry) ?? '');
      if (own?.length !== vector.length) continue;
      near.push({ entry: index, similarity: dot(own, vector) });
    }
    return near.sort((a, b) => b.similarity - a.similarity);
  }

  /** Waits until every section has its vector, the model has failed, or so many milliseconds have passed. */
  async complete(ms: number): Promise<void> {
    await Promise.race([this.#filling, this.#firstFailure.promise, delay(ms, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#filling;
  }

  async #fill(): Promise<void> {
    const { signal } = this.#closing;
    if (this.#vectors.size === 0) this.#vectors = await this.#options.cache.read();
    this.#tell();
    let unwritten = 0;
    let pause = firstPause;
    while (!signal.aborted) {
      const missing = [...this.#wanted].filter(([key]) => !this.#vectors.has(key)).slice(0, batchSize);
      if (missing.length === 0 || unwritten >= writeEvery) {
        if (unwritten > 0) await this.#write();
        unwritten = 0;
        // Writing took its time: what is wanted may have changed.
        if (this.#isComplete()) break;
        continue;
      }
      try {
        const made = await this.#embed(
          missing.map(([, text]) => text),
          signal,
        );
        for (const [index, [key]] of missing.entries()) {
          const vector = made[index];
          if (vector !== undefined) this.#vectors.set(key, vector);
        }
        unwritten += missing.length;
        pause = firstPause;
        this.#worked();
        this.#tell();
      } catch (error) {
        if (signal.aborted) break;
        this.#failed(error);
        // Ends early only by closing.
        await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
        pause = Math.min(longestPause, pause * 2);
      }
    }
    if (unwritten > 0) await this.#write();
    this.#filling = undefined;
  }

  #isComplete(): boolean {
    return [...this.#wanted.keys()].every((key) => this.#vectors.has(key));
  }

  async #embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const vectors = (await this.#options.embedder.embed(texts, signal)).map((each) =>
      Float32Array.from(each),
    );
    if (vectors.length !== texts.length || !vectors.every(isUnit))
      throw new Error('the embedding model answered something that is no vector for each text');
    return vectors;
  }

  async #write(): Promise<void> {
    // What no section has any more goes.
    this.#vectors = new Map([...this.#vectors].filter(([key]) => this.#wanted.has(key)));
    try {
      await this.#options.cache.write(this.#vectors);
    } catch (error) {
      if (!this.#isWriteTold)
        this.#options.logger.warn(
          `runbooks: vectors are not kept, and are made again at the next start: ${messageOf(error)}`,
        );
      this.#isWriteTold = true;
    }
  }

  #tell(): void {
    this.#options.onChange([...this.#wanted.keys()].filter((key) => this.#vectors.has(key)).length);
  }

  #failed(error: unknown): void {
    this.#restUntil = performance.now() + firstPause;
    if (!this.#isFailing)
      this.#options.logger.warn(
        `runbooks: found by their words alone while the embedding model fails: ${messageOf(error)}`,
      );
    this.#isFailing = true;
    this.#firstFailure.resolve();
  }

  #worked(): void {
    this.#restUntil = 0;
    if (this.#isFailing) this.#options.logger.info('runbooks: found by their meaning again');
    this.#isFailing = false;
  }
}
