import { BmcTrouble, type RawAnswer, type Session } from '../../inspection.ts';

/** How a model BMC keeps its log: what real ones do in one way or another. */
export interface ModelOptions {
  /** After a clear ids start at 1 again (most BMCs), or go on (ipmi_sim). */
  readonly idsAfterClear: 'restart' | 'go on';
  /** The last id before they come round; 0xFFFE by the specification. */
  readonly lastId: number;
  /** Records are chained as they were written, or by their ids. */
  readonly order: 'written' | 'by id';
  readonly capacity: number;
  /** A full log refuses records and says "overflow", or drops its oldest. */
  readonly whenFull: 'refuse' | 'drop';
  /** Whether it states when records were erased last. */
  readonly statesErase: boolean;
  /** Records that it counts and does not give out. */
  readonly miscount: number;
  /** Get SEL Entry wants a reservation. */
  readonly wantsReservation: boolean;
}

const usualModel: ModelOptions = {
  idsAfterClear: 'restart',
  lastId: 0xfffe,
  order: 'written',
  capacity: 500,
  whenFull: 'refuse',
  statesErase: true,
  miscount: 0,
  wantsReservation: false,
};

export interface ModelRecord {
  readonly id: number;
  readonly bytes: Buffer;
  /** Tells two records apart that are alike to the last byte. */
  readonly instance: number;
}

/** A record without its id: the type, then 13 bytes in which the time is filled in where the type has one. */
export type NewModelRecord = readonly [type: number, ...data: readonly number[]];

const completion = { ok: 0, erasing: 0x81, invalidCommand: 0xc1, noReservation: 0xc5, absent: 0xcb };
const unspecified = 0xffff_ffff;

/** A BMC in memory, with a log as IPMI 2.0, section 31, has it. Time is in seconds and stands still unless it is moved. */
export class ModelBmc {
  readonly options: ModelOptions;
  records: ModelRecord[] = [];
  /** Our clock, in milliseconds. */
  nowMs: number;
  /** Of its clock from ours; undefined: it counts from its start. */
  clockOffsetSeconds: number | undefined = 0;
  /** Our time at which it was started. */
  startedAtMs: number;
  lastAdd = 0;
  lastErase = 0;
  overflow = false;
  isErasing = false;
  /** Called before each command; what it throws is what the command comes to. */
  beforeCommand: () => void = () => undefined;
  commands = 0;
  #nextId = 1;
  #instances = 0;
  #reservation = 0;
  #isReserved = false;

  constructor(nowMs: number, options: Partial<ModelOptions> = {}) {
    this.options = { ...usualModel, ...options };
    this.nowMs = nowMs;
    this.startedAtMs = nowMs;
  }

  /** Each record needs an id. */
  get #capacity(): number {
    return Math.min(this.options.capacity, this.options.lastId - 1);
  }

  clock(): number {
    return this.clockOffsetSeconds === undefined
      ? Math.floor((this.nowMs - this.startedAtMs) / 1000)
      : Math.floor(this.nowMs / 1000) + this.clockOffsetSeconds;
  }

  /** @returns the record; undefined where the log is full and refuses it */
  add([type, ...data]: NewModelRecord): ModelRecord | undefined {
    const { whenFull, lastId } = this.options;
    if (this.records.length >= this.#capacity) {
      if (whenFull === 'refuse') {
        this.overflow = true;
        return undefined;
      }
      this.records.shift();
    }
    const taken = new Set(this.records.map(({ id }) => id));
    while (taken.has(this.#nextId)) this.#nextId = this.#nextId >= lastId ? 1 : this.#nextId + 1;
    const id = this.#nextId;
    this.#nextId = id >= lastId ? 1 : id + 1;
    const bytes = Buffer.alloc(16);
    bytes.writeUInt16LE(id);
    bytes.writeUInt8(type, 2);
    Buffer.from(data).copy(bytes, 3);
    if (type < 0xe0) bytes.writeUInt32LE(this.clock() >>> 0, 3);
    this.#instances += 1;
    const record = { id, bytes, instance: this.#instances };
    this.records.push(record);
    this.lastAdd = this.clock();
    return record;
  }

  clear(): void {
    this.records = [];
    this.overflow = false;
    this.lastErase = this.clock();
    if (this.options.idsAfterClear === 'restart') this.#nextId = 1;
    this.#isReserved = false;
  }

  /** Deletes one record, as `sel delete` does. */
  delete(index: number): void {
    if (this.records.splice(index, 1).length === 0) return;
    this.overflow = false;
    this.lastErase = this.clock();
    this.#isReserved = false;
  }

  session(): Session {
    return {
      raw: async (bytes) => {
        this.commands += 1;
        this.beforeCommand();
        return this.#answer(bytes);
      },
      chassis: () => Promise.reject(new Error('not asked here')),
      sensors: () => Promise.reject(new Error('not asked here')),
      trigger: async () => ({}),
      close: async () => undefined,
    };
  }

  #answer([netFunction, command, ...data]: readonly number[]): RawAnswer {
    if (netFunction !== 0x0a) return failed(completion.invalidCommand);
    switch (command) {
      case 0x40:
        return this.isErasing ? failed(completion.erasing) : answered(this.#info());
      case 0x42:
        this.#reservation = (this.#reservation % 0xffff) + 1;
        this.#isReserved = true;
        return answered(words(this.#reservation));
      case 0x43:
        return this.#entry(data);
      case 0x48:
        return answered(doubleWord(this.clock() >>> 0));
      default:
        return failed(completion.invalidCommand);
    }
  }

  #info(): Buffer {
    const { statesErase, miscount } = this.options;
    return Buffer.concat([
      Buffer.of(0x51),
      words(this.records.length + miscount),
      words((this.#capacity - this.records.length) * 16),
      doubleWord(this.lastAdd === 0 ? unspecified : this.lastAdd >>> 0),
      doubleWord(statesErase && this.lastErase !== 0 ? this.lastErase >>> 0 : unspecified),
      Buffer.of((this.overflow ? 0x80 : 0) | 0x0a),
    ]);
  }

  #entry([low = 0, high = 0, idLow = 0, idHigh = 0]: readonly number[]): RawAnswer {
    if (this.isErasing) return failed(completion.erasing);
    const isReserved = this.#isReserved && low + 256 * high === this.#reservation;
    if (this.options.wantsReservation && !isReserved) return failed(completion.noReservation);
    const chain = this.#chain();
    const asked = idLow + 256 * idHigh;
    const index =
      asked === 0
        ? 0
        : asked === 0xffff
          ? chain.length - 1
          : chain.findIndex((record) => record.id === asked);
    const record = chain[index];
    if (record === undefined) return failed(completion.absent);
    return answered(Buffer.concat([words(chain[index + 1]?.id ?? 0xffff), record.bytes]));
  }

  #chain(): readonly ModelRecord[] {
    if (this.options.order === 'written') return this.records;
    return this.records.toSorted((one, other) => one.id - other.id);
  }
}

/** A time-out in the middle of a session. */
export function timeOut(): never {
  throw new BmcTrouble('unreachable', 'the BMC does not answer any more');
}

function answered(data: Buffer): RawAnswer {
  return { completion: completion.ok, data };
}

function failed(code: number): RawAnswer {
  return { completion: code, data: Buffer.alloc(0) };
}

function words(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function doubleWord(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
