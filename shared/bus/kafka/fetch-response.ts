import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import type { AbortedTransaction, FetchedMessage } from './internals.ts';

/**
 * Reads the answer to a fetch in place of kafkajs, which makes some fifteen objects of each record: 64-bit numbers as objects and
 * then as strings, a decoder, lists. Here a record is one object, and its numbers are numbers, exact below 2^53. What is rare
 * (an answer of another version, records in formats before Kafka 0.11) is left to kafkajs.
 */

/** Fetch response version 11, https://kafka.apache.org/protocol.html#The_Messages_Fetch, which is the newest that kafkajs knows. */
const path = 'kafkajs/src/protocol/requests/fetch/v11/response';

/** https://kafka.apache.org/documentation/#recordbatch */
const batchFormat = 2;
const formatAt = 16;
const batchHeadBytes = 61;
const lengthBytes = 12;
const codecMask = 0x07;
const appendTimeMask = 0x08;
const transactionalMask = 0x10;
const controlMask = 0x20;

type Decode = (raw: Buffer) => Promise<unknown>;
type Headers = Record<string, Buffer | (Buffer | null)[] | null>;

/** One object for all records without headers; nobody writes to it. */
const noHeaders: Headers = Object.freeze({});

/** Puts this reader in kafkajs' place, once for the process. @throws Error where kafkajs is not built as this file expects */
export function installFetchResponse(): void {
  const response: unknown = createRequire(import.meta.url)(path);
  if (!hasDecode(response))
    throw new Error('kafkajs is not built as shared/bus/kafka/fetch-response.ts expects');
  const original = response.decode;
  if (original !== installed) response.decode = installed = (raw) => decodeOr(raw, original);
}

let installed: Decode | undefined;

async function decodeOr(raw: Buffer, original: Decode): Promise<unknown> {
  return (await decodeFetchResponse(raw)) ?? original(raw);
}

/** As kafkajs gives it, with numbers where it has strings; `undefined` where a partition has records in an older format. */
export async function decodeFetchResponse(raw: Buffer) {
  const reader = new Reader(raw);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.string();
    const partitions = [];
    for (let count = reader.int32(); count > 0; count -= 1) {
      const partition = decodePartition(reader);
      const records = reader.bytes(reader.int32());
      if (records.length > formatAt && records[formatAt] !== batchFormat) return undefined;
      partitions.push({ ...partition, messages: await decodeBatches(records) });
    }
    responses.push({ topicName, partitions });
  }
  // As kafkajs has it: the broker has not throttled this request, it expects us to wait with the next.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function decodePartition(reader: Reader) {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const lastStartOffset = reader.int64();
  const abortedTransactions: AbortedTransaction[] = [];
  for (let count = reader.int32(); count > 0; count -= 1)
    abortedTransactions.push({ producerId: String(reader.int64()), firstOffset: String(reader.int64()) });
  const preferredReadReplica = reader.int32();
  return {
    partition,
    errorCode,
    highWatermark: String(highWatermark),
    lastStableOffset: String(lastStableOffset),
    lastStartOffset: String(lastStartOffset),
    abortedTransactions,
    preferredReadReplica,
  };
}

/** The whole batches; the broker may have cut off the last one. */
async function decodeBatches(bytes: Buffer): Promise<FetchedMessage[]> {
  const messages: FetchedMessage[] = [];
  for (let at = 0; at + batchHeadBytes <= bytes.length; ) {
    const end = at + lengthBytes + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    await decodeBatch(bytes.subarray(at, end), messages);
    at = end;
  }
  return messages;
}

async function decodeBatch(batch: Buffer, into: FetchedMessage[]): Promise<void> {
  const head = new Reader(batch);
  const firstOffset = head.int64();
  head.skip(lengthBytes + 1); // length, leader epoch, format, checksum
  const attributes = head.int16();
  const lastOffsetDelta = head.int32();
  const firstTimestamp = head.int64();
  const maxTimestamp = head.int64();
  const producerId = String(head.int64());
  head.skip(6); // producer epoch, first sequence
  const count = head.int32();
  const isControlRecord = (attributes & controlMask) !== 0;
  const isAppendTime = (attributes & appendTimeMask) !== 0;
  const batchContext = {
    firstOffset: String(firstOffset),
    lastOffsetDelta,
    producerId,
    inTransaction: (attributes & transactionalMask) !== 0,
  };
  if (count <= 0) return;
  const reader = new Reader(await decompressed(attributes & codecMask, batch.subarray(batchHeadBytes)));
  for (let index = 0; index < count; index += 1) {
    const end = reader.varint() + reader.at;
    reader.skip(1); // attributes: none are in use
    const timestamp = firstTimestamp + reader.varint();
    const offset = firstOffset + reader.varint();
    const key = reader.varbytes();
    const value = reader.varbytes();
    const headers = decodeHeaders(reader);
    reader.at = end;
    into.push({
      offset,
      timestamp: isAppendTime ? maxTimestamp : timestamp,
      key,
      value,
      headers,
      isControlRecord,
      batchContext,
    });
  }
}

/** A name that stands there several times has a list. */
function decodeHeaders(reader: Reader): Headers {
  const count = reader.varint();
  if (count <= 0) return noHeaders;
  const headers = new Map<string, Buffer | (Buffer | null)[] | null>();
  for (let index = 0; index < count; index += 1) {
    const name = reader.varbytes()?.toString('utf8') ?? '';
    const value = reader.varbytes();
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]);
  }
  return Object.fromEntries(headers);
}

async function decompressed(codec: number, bytes: Buffer): Promise<Buffer> {
  if (codec === kafkajs.CompressionTypes.None) return bytes;
  const create: unknown = Reflect.get(kafkajs.CompressionCodecs, codec);
  const found: unknown = typeof create === 'function' ? create() : undefined;
  if (!hasDecompress(found)) throw new Error(`records are compressed with codec ${codec}, which is unknown`);
  return found.decompress(bytes);
}

function hasDecode(value: unknown): value is { decode: Decode } {
  return (
    typeof value === 'object' && value !== null && 'decode' in value && typeof value.decode === 'function'
  );
}

function hasDecompress(value: unknown): value is { decompress(bytes: Buffer): Promise<Buffer> } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'decompress' in value &&
    typeof value.decompress === 'function'
  );
}

/** Reads Kafka's primitive types one after another. @throws RangeError behind the end */
class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  int16(): number {
    this.at += 2;
    return this.#bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.#bytes.readInt32BE(this.at - 4);
  }

  /** Exact up to 2^53, which offsets, times and producer ids never reach. */
  int64(): number {
    this.at += 8;
    return this.#bytes.readInt32BE(this.at - 8) * 2 ** 32 + this.#bytes.readUInt32BE(this.at - 4);
  }

  string(): string {
    return this.bytes(this.int16()).toString('utf8');
  }

  /** None where the length is negative. */
  bytes(length: number): Buffer {
    const start = this.at;
    if (length <= 0) return this.#bytes.subarray(start, start);
    if (start + length > this.#bytes.length) throw new RangeError('a fetched record ends too early');
    this.at += length;
    return this.#bytes.subarray(start, this.at);
  }

  /** Zigzag, seven bits a byte, the lowest first; of 32 or 64 bits. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.at];
      if (byte === undefined) throw new RangeError('a fetched record ends too early');
      this.at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** `null` where the length is negative. */
  varbytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.bytes(length);
  }
}
