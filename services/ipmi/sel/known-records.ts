import { hash } from 'node:crypto';

/** A record as it stood in the log: its id, and its bytes. */
export interface RawRecord {
  readonly id: number;
  readonly bytes: Buffer;
}

const idBytes = 2;
const hashBytes = 6;
const entryBytes = idBytes + hashBytes;

/** More than any BMC's log holds that we know of; the oldest go first. In base64 they are 87 kB. */
const mostKnown = 8192;

/** Which records of a log have been read, in its order: by id and 48 bits of the hash of their bytes. */
export class KnownRecords {
  readonly #set = new Set<string>();

  /** @param text as `toString` writes it; what is left over at its end is dropped */
  static parse(text: string): KnownRecords {
    const bytes = Buffer.from(text, 'base64');
    const known = new KnownRecords();
    for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes)
      known.#add(bytes.toString('latin1', at, at + entryBytes));
    return known;
  }

  get size(): number {
    return this.#set.size;
  }

  has(record: RawRecord): boolean {
    return this.#set.has(keyOf(record));
  }

  add(record: RawRecord): void {
    this.#add(keyOf(record));
  }

  /** All of these, then those of the other that are not among them. */
  with(other: KnownRecords): KnownRecords {
    const all = new KnownRecords();
    for (const key of [...this.#set, ...other.#set]) all.#add(key);
    return all;
  }

  /** Those that are not among the other ones. */
  without(other: KnownRecords): KnownRecords {
    const rest = new KnownRecords();
    for (const key of this.#set) if (!other.#set.has(key)) rest.#add(key);
    return rest;
  }

  toString(): string {
    return Buffer.from([...this.#set].slice(-mostKnown).join(''), 'latin1').toString('base64');
  }

  #add(key: string): void {
    this.#set.add(key);
  }
}

function keyOf({ id, bytes }: RawRecord): string {
  const key = Buffer.alloc(entryBytes);
  key.writeUInt16LE(id);
  Buffer.from(hash('sha256', bytes, 'hex').slice(0, 2 * hashBytes), 'hex').copy(key, idBytes);
  return key.toString('latin1');
}
