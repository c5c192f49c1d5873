import { LogpatrolError } from '#shared/errors/index.ts';
import type { OutRecord, Writer } from '../port.ts';
import type { BusData } from './data.ts';

/** Writes in one transaction, when there is room. One process has the data, so who was opened last for an id is known here. */
export class EmbeddedWriter implements Writer {
  readonly #data: BusData;
  readonly #id: string;
  readonly #current: Map<string, EmbeddedWriter>;
  readonly #closing = new AbortController();

  /** @param current the writer in force for each id; this one becomes its id's */
  constructor(data: BusData, id: string, current: Map<string, EmbeddedWriter>) {
    this.#data = data;
    this.#id = id;
    this.#current = current;
    current.set(id, this);
  }

  async write(records: readonly OutRecord[]): Promise<void> {
    this.#check();
    const { database, log, room } = this.#data;
    await room.wait(this.#closing.signal);
    this.#check(); // another may have been opened while this one waited
    const publish = database.transaction(() => log.append(records));
    publish();
    room.changed();
  }

  async close(): Promise<void> {
    this.#closing.abort(new LogpatrolError('fenced', `writer "${this.#id}" is closed`));
    if (this.#current.get(this.#id) === this) this.#current.delete(this.#id);
  }

  #check(): void {
    this.#closing.signal.throwIfAborted();
    if (this.#current.get(this.#id) === this) return;
    throw new LogpatrolError('fenced', `another writer "${this.#id}" has been opened since`);
  }
}
