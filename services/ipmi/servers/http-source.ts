import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
import { fetchList, plainAddress } from './fetch-list.ts';
import { KeptList } from './kept-list.ts';
import type { Problem } from './problem.ts';
import { readServers, type ServerList } from './server-list.ts';
import type { Source } from './source.ts';

export interface HttpSourceOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly refreshSeconds: number;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Called after what it says has changed. */
  readonly changed: () => void;
}

/** Follows an inventory behind an address. Resolves once it has been asked for the first time, whatever came of it. */
export async function followAddress(options: HttpSourceOptions): Promise<Source> {
  const source = new HttpSource(options);
  await source.start();
  return source;
}

class HttpSource implements Source {
  readonly #options: HttpSourceOptions;
  readonly #kept: KeptList;
  readonly #closing = new AbortController();
  #list: ServerList = { servers: [], problems: [] };
  /** Why it could not be asked last. */
  #failure: string | undefined;
  /** Whence the list is an earlier process's: when that was. */
  #keptAt: string | undefined;
  #etag: string | undefined;
  /** Whether the file has the list. */
  #isKept = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.#kept = new KeptList(options.dataDir, options.url);
  }

  async start(): Promise<void> {
    await this.#ask();
    if (this.#failure !== undefined) await this.#takeKept();
    this.#running = this.#run();
  }

  current(): ServerList {
    const { servers, problems } = this.#list;
    const trouble = this.#trouble();
    return { servers, problems: trouble === undefined ? problems : [trouble, ...problems] };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await delay(this.#options.refreshSeconds * 1000, undefined, { signal, ref: false }).catch(
        () => undefined,
      );
      if (!signal.aborted && (await this.#ask())) this.#options.changed();
    }
  }

  /** @returns whether what it says is another than before */
  async #ask(): Promise<boolean> {
    const { url, token } = this.#options;
    const before = this.#failure;
    const answer = await fetchList({ url, token, etag: this.#etag }, this.#closing.signal);
    if (this.#closing.signal.aborted) return false;
    switch (answer.outcome) {
      case 'failed':
        this.#failure = answer.reason;
        break;
      case 'unchanged':
        this.#failure = undefined;
        break;
      case 'read': {
        this.#failure = undefined;
        this.#keptAt = undefined;
        this.#etag = answer.etag;
        const isSame = JSON.stringify(answer.list) === JSON.stringify(this.#list);
        this.#list = answer.list;
        if (!isSame || !this.#isKept) await this.#keep();
        if (!isSame) return true;
        break;
      }
    }
    return before !== this.#failure;
  }

  async #keep(): Promise<void> {
    try {
      await this.#kept.write(
        this.#list.servers.map(({ server }) => server),
        this.#options.clock(),
      );
      this.#isKept = true;
    } catch (error) {
      this.#options.logger.warn(`the list of servers is not kept for the next start: ${messageOf(error)}`);
    }
  }

  /** The last good answer of an earlier process; it is judged like an answer, for others may have written it. */
  async #takeKept(): Promise<void> {
    const kept = await this.#kept.read();
    if (kept === undefined) return;
    const list = plainAddress(this.#options.url);
    try {
      this.#list = readServers(kept.servers, {
        origin: 'address',
        list,
        place: (index) => `${list}[${index}]`,
      });
      this.#keptAt = kept.at;
    } catch {
      // Nothing in it is a server: as if there were none.
    }
  }

  #trouble(): Problem | undefined {
    if (this.#failure === undefined) return undefined;
    const { length } = this.#list.servers;
    const rest =
      length === 0 ? 'there are no servers from it' : `those of ${this.#keptAt ?? 'before'} stay (${length})`;
    return {
      where: plainAddress(this.#options.url),
      message: `the inventory gives no list: ${this.#failure}; ${rest}`,
    };
  }
}
