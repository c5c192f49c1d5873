import type { Logger } from 'pino';
import type { Inspection } from './inspect.ts';

/** Logs what is new of each BMC: that it does not answer as it should any more, or does again, or that something else is wrong with it. */
export class BmcNews {
  readonly #logger: Logger;
  /** What was wrong at the last poll, by server. */
  readonly #wrong = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  listed(servers: ReadonlySet<string>): void {
    for (const server of this.#wrong.keys()) if (!servers.has(server)) this.#wrong.delete(server);
  }

  /** @param failures polls in a row that failed, this one included: one that failed once may answer the next time */
  ended({ bmc, result, notes }: Inspection, failures: number): void {
    const { name: server, maxRetries } = bmc;
    const before = this.#wrong.get(server);
    if (result.outcome === 'ok' && notes.length === 0) {
      if (before !== undefined) this.#logger.info({ server }, `${server}: all is well again`);
      this.#wrong.delete(server);
      return;
    }
    if (result.outcome === 'unreachable' && failures <= maxRetries) return;
    const now = result.outcome === 'ok' ? notes.join('; ') : result.reason;
    // The kind of trouble counts: reasons may have numbers in them.
    const kind = result.outcome === 'ok' ? now : result.outcome;
    if (before === kind) return;
    this.#wrong.set(server, kind);
    this.#logger.warn({ server, outcome: result.outcome }, `${server}: ${now}`);
  }
}
