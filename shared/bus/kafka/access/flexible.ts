/**
 * The wire format of Kafka's flexible versions (KIP-482): lengths are unsigned varints, one more than the length, 0 for null, and
 * each structure ends with tagged fields, of which none are written here and all are skipped.
 */
export class FlexibleWriter {
  readonly #parts: Buffer[] = [];

  /** All that was written. */
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  int8(value: number): this {
    return this.#push(1, (buffer) => buffer.writeInt8(value));
  }

  int32(value: number): this {
    return this.#push(4, (buffer) => buffer.writeInt32BE(value));
  }

  string(value: string): this {
    return this.buffer(Buffer.from(value));
  }

  buffer(value: Buffer): this {
    this.#varint(value.length + 1);
    this.#parts.push(value);
    return this;
  }

  array<T>(values: readonly T[], write: (writer: this, value: T) => void): this {
    this.#varint(values.length + 1);
    for (const value of values) write(this, value);
    return this;
  }

  /** No tagged fields: the end of each structure. */
  end(): this {
    return this.#varint(0);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    for (let rest = value; ; rest >>>= 7) {
      if (rest < 0x80) {
        bytes.push(rest);
        break;
      }
      bytes.push((rest & 0x7f) | 0x80);
    }
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  #push(size: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(size);
    write(buffer);
    this.#parts.push(buffer);
    return this;
  }
}

/** Reads what `FlexibleWriter` describes. @throws RangeError where the bytes end too early */
export class FlexibleReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    this.#at += 1;
    return this.#bytes.readInt8(this.#at - 1);
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  /** '' for null. */
  string(): string {
    const length = Math.max(0, this.#varint() - 1);
    if (this.#at + length > this.#bytes.length) throw new RangeError('the answer ends inside a string');
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  array<T>(read: (reader: this) => T): T[] {
    const count = Math.max(0, this.#varint() - 1);
    if (count > this.#bytes.length) throw new RangeError('the answer ends inside a list');
    return Array.from({ length: count }, () => read(this));
  }

  /** Skips the tagged fields at the end of a structure. */
  end(): void {
    for (let count = this.#varint(); count > 0; count -= 1) {
      this.#varint();
      this.#at += this.#varint();
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a length has too many bytes');
  }
}
