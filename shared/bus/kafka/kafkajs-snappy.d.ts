declare module 'kafkajs-snappy' {
  /** Snappy as Kafka's producers write it, in blocks (xerial) or raw. */
  export default function createCodec(): {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  };
}
