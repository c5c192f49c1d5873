import { deadLetter } from '#shared/bus/dead-letter.ts';
import type { BusRecord, OutRecord } from '#shared/bus/port.ts';
import type { Digests } from './digests.ts';
import { entryOf, parseMessage } from './entry.ts';
import type { Ledger } from './ledger.ts';
import type { LookAhead } from './look-ahead.ts';
import { type DeliverOptions, deliverStageName } from './options.ts';
import type { FormerOwner } from './past.ts';
import type { Settler } from './settler.ts';

export interface IntakeParts {
  readonly former: FormerOwner;
  readonly queue: LookAhead;
  readonly digests: Digests;
  readonly ledger: Ledger;
  readonly settler: Settler;
}

/** Takes the outbox's records into the look-ahead, each with what a former owner has done about it. */
export class Intake {
  readonly #options: DeliverOptions;
  readonly #parts: IntakeParts;

  constructor(options: DeliverOptions, parts: IntakeParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Returns the dead letters of what is no message. */
  take(records: readonly BusRecord[], now: number): OutRecord[] {
    const { queue, digests, settler } = this.#parts;
    const letters = records.flatMap((record) => this.#takeOne(record, now));
    for (const entry of digests.lost(queue.reading)) settler.release(entry, now);
    return letters;
  }

  #takeOne(record: BusRecord, now: number): OutRecord[] {
    const { former, queue, digests, ledger, settler } = this.#parts;
    queue.read(record.offset);
    const message = parseMessage(record.value);
    if (typeof message === 'string') {
      this.#options.observer.unreadable(this.#options.name, message);
      return [deadLetter(record, deliverStageName, message, now)];
    }
    const past = former.take(record.offset, message.id);
    const entry = entryOf(record, message, past);
    entry.alone = former.isAlone(record.offset);
    switch (past?.outcome) {
      case 'sent':
      case 'digested':
      case 'dead':
        queue.addDone(entry);
        break;
      case 'superseded':
        queue.addSuperseded(entry);
        break;
      case 'sending':
      case 'retrying':
      case undefined: {
        if (digests.claims(record.offset)) {
          queue.addBegun(entry);
          for (const each of digests.take(entry)) settler.release(each, now);
          break;
        }
        const older = queue.add(entry);
        if (older !== undefined) ledger.card(older, 'superseded', now);
      }
    }
    return [];
  }
}
