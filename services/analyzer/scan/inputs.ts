import { createReadStream, type Stats } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, LogpatrolError, messageOf } from '#shared/errors/index.ts';

/** The name by which standard input is asked for. */
export const standardInput = '-';

const readBytes = 1024 * 1024;

/** Told how many bytes of the input, as it stands on disk, have been read since the last call. */
export type OnBytes = (bytes: number) => void;

/**
 * Sizes of the inputs in bytes, in their order; `undefined` where that cannot be known (standard input, pipes).
 *
 * @throws LogpatrolError `unreadable-input` with one line for each input that cannot be read
 */
export async function inputSizes(inputs: readonly string[]): Promise<(number | undefined)[]> {
  const wrong: string[] = [];
  const sizes: (number | undefined)[] = [];
  for (const input of inputs) {
    if (input === standardInput) sizes.push(undefined);
    else
      try {
        const stats = await readable(input);
        sizes.push(stats.isFile() ? stats.size : undefined);
      } catch (error) {
        wrong.push(reasonOf(input, error));
      }
  }
  if (wrong.length > 0) throw new LogpatrolError('unreadable-input', wrong.join('\n'));
  return sizes;
}

/**
 * The bytes of an input, uncompressed where it begins with gzip's magic bytes (several members too). A chunk is valid until
 * the next is asked for.
 *
 * @throws LogpatrolError `unreadable-input` where reading fails half-way
 */
export async function* readInput(input: string, stdin: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  try {
    if (input !== standardInput && (await stat(input)).isFile() && !(await isGzip(input)))
      yield* readFile(input, onBytes);
    else {
      const source = input === standardInput ? stdin : createReadStream(input, { highWaterMark: readBytes });
      yield* readStream(source, onBytes);
    }
  } catch (error) {
    throw new LogpatrolError('unreadable-input', reasonOf(input, error), { cause: error });
  }
}

/** Two buffers for the whole file, one read while the other is worked on: a stream's new buffer for every read costs twice the time. */
async function* readFile(path: string, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  let reading: Promise<{ bytesRead: number; buffer: Buffer }> | undefined;
  try {
    let [current, next] = [Buffer.allocUnsafe(readBytes), Buffer.allocUnsafe(readBytes)];
    reading = file.read(current, 0, readBytes, null);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = file.read(next, 0, readBytes, null);
      onBytes(bytesRead);
      yield current.subarray(0, bytesRead);
      [current, next] = [next, current];
    }
  } finally {
    // The reader may have been left half-way, with a read under way that nobody waits for.
    await reading?.catch(() => {});
    await file.close();
  }
}

async function* readStream(source: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const chunks = counted(source, onBytes);
  const first = await atLeastTwo(chunks);
  if (first === undefined) return;
  if (!hasGzipMagic(first)) {
    yield first;
    yield* chunks;
    return;
  }
  const gunzip = createGunzip({ chunkSize: readBytes });
  // The generator below throws what goes wrong here; the callback only keeps it from being thrown twice.
  pipeline(prepended(first, chunks), gunzip, () => {});
  for await (const chunk of gunzip) yield asBuffer(chunk);
}

async function* counted(source: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = asBuffer(chunk);
    onBytes(bytes.length);
    yield bytes;
  }
}

async function* prepended(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** The first bytes, two at least where there are two: a pipe may give one alone. */
async function atLeastTwo(chunks: AsyncGenerator<Buffer>): Promise<Buffer | undefined> {
  let first: Buffer | undefined;
  while (first === undefined || first.length < 2) {
    const next = await chunks.next();
    if (next.done === true) return first;
    first = first === undefined ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const magic = Buffer.alloc(2);
    const { bytesRead } = await file.read(magic, 0, 2, 0);
    return bytesRead === 2 && hasGzipMagic(magic);
  } finally {
    await file.close();
  }
}

/** RFC 1952, section 2.3.1. */
function hasGzipMagic(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function asBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}

async function readable(path: string): Promise<Stats> {
  const stats = await stat(path);
  if (stats.isDirectory())
    throw new LogpatrolError('unreadable-input', `${path} is a directory; name the files in it`);
  await access(path, constants.R_OK);
  return stats;
}

function reasonOf(input: string, error: unknown): string {
  if (error instanceof LogpatrolError) return error.message;
  const name = input === standardInput ? 'standard input' : input;
  switch (codeOf(error)) {
    case 'ENOENT':
      return `${name} does not exist`;
    case 'EACCES':
      return `${name} may not be read: permission denied`;
    case 'Z_BUF_ERROR':
      return `${name} ends in the middle of its gzip data`;
    case 'Z_DATA_ERROR':
      return `${name} has damaged gzip data`;
    default:
      return `${name} cannot be read: ${messageOf(error)}`;
  }
}
