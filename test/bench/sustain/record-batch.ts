import { compressFrameSync } from 'lz4-napi';

/** Magic 2, https://kafka.apache.org/documentation/#recordbatch. */
const headBytes = 61;
/** Where the checksum ends and what it covers begins: the attributes. */
const coveredFrom = 21;
const lz4 = 3;

/** One record batch of values without keys, compressed as a whole with LZ4; all written at `timestamp`, in milliseconds since the epoch. */
export function encodeRecordBatch(values: readonly Buffer[], timestamp: number): Buffer {
  const parts: Buffer[] = [];
  for (const [index, value] of values.entries()) {
    const fields = Buffer.concat([
      Buffer.from([0]), // attributes
      varint(0), // timestamp, from the batch's
      varint(index), // offset, from the batch's
      varint(-1), // no key
      varint(value.length),
      value,
      varint(0), // no headers
    ]);
    parts.push(varint(fields.length), fields);
  }
  const records = compressFrameSync(Buffer.concat(parts));
  const batch = Buffer.alloc(headBytes + records.length);
  batch.writeInt32BE(batch.length - 12, 8); // what follows the length
  batch.writeInt32BE(-1, 12); // leader epoch
  batch.writeInt8(2, 16); // magic
  batch.writeInt16BE(lz4, 21);
  batch.writeInt32BE(values.length - 1, 23); // last offset
  batch.writeBigInt64BE(BigInt(timestamp), 27);
  batch.writeBigInt64BE(BigInt(timestamp), 35);
  batch.writeBigInt64BE(-1n, 43); // producer id, epoch and first sequence: not idempotent
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(values.length, 57);
  records.copy(batch, headBytes);
  batch.writeUInt32BE(crc32c(batch.subarray(coveredFrom)), 17);
  return batch;
}

/** Zigzag, seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Castagnoli's polynomial, reflected. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}
