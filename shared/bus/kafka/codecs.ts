import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';

// a CommonJS module: Node finds some of its exports by name, but not these
const { CompressionCodecs, CompressionTypes } = kafkajs;

interface Encoder {
  readonly buffer: Buffer;
}

interface Codec {
  compress(encoder: Encoder): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

/** What a record batch may swell to; a batch that a producer filled has 1 MB, and the largest record 4 MB. */
const maxOutputLength = 256 * 1024 * 1024;

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const zstdCompress = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);
const zstdDecompress = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

/**
 * Gives kafkajs the codecs that producers use: gzip, Snappy, LZ4 (with which we produce) and Zstandard. One whose library
 * does not load on this machine fails with a clear line where it is needed, and not before.
 */
export async function registerCodecs(): Promise<void> {
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: ({ buffer }: Encoder) => gzip(buffer, {}),
    decompress: (buffer: Buffer) => gunzip(buffer, { maxOutputLength }),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: Encoder) => zstdCompress(buffer, {}),
    decompress: (buffer: Buffer) => zstdDecompress(buffer, { maxOutputLength }),
  });
  const snappy = await orMissing('Snappy', 'kafkajs-snappy', async () => {
    const { default: createCodec } = await import('kafkajs-snappy');
    return createCodec();
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy;
  const lz4 = await orMissing('LZ4', 'lz4-napi', async () => {
    // Another thread would cost more than it does: a batch of 1 MB takes some tenths of a millisecond.
    const { compressFrameSync, decompressFrameSync } = await import('lz4-napi');
    return {
      compress: async ({ buffer }: Encoder) => compressFrameSync(buffer),
      decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
    };
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
}

async function orMissing(name: string, library: string, load: () => Promise<Codec>): Promise<Codec> {
  try {
    return await load();
  } catch (error) {
    const missing = () => {
      throw new LogpatrolError(
        'unusable-environment',
        `Kafka: records compressed with ${name} cannot be handled, for ${library} does not load here (${messageOf(error)}): run npm ci on this machine`,
        { cause: error },
      );
    };
    return { compress: missing, decompress: missing };
  }
}
