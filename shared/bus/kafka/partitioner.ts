import type { PartitionerArgs } from 'kafkajs';

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const shift = 24;

/**
 * Murmur2 as Kafka's own producer hashes keys (org.apache.kafka.common.utils.Utils#murmur2), on 32-bit numbers; kafkajs'
 * own takes BigInts for it and costs more than all else of a record.
 */
export function murmur2(data: Buffer): number {
  let hash = seed ^ data.length;
  const whole = data.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(data.readInt32LE(at), multiplier);
    k = Math.imul(k ^ (k >>> shift), multiplier);
    hash = Math.imul(hash, multiplier) ^ k;
  }
  const rest = data.length - whole;
  if (rest === 3) hash ^= data.readUInt8(whole + 2) << 16;
  if (rest >= 2) hash ^= data.readUInt8(whole + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ data.readUInt8(whole), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition that is asked for, else by the key's hash, as Kafka's own producer does; in turn where there is no key. */
export function createPartitioner(): (args: PartitionerArgs) => number {
  let turn = 0;
  return ({ partitionMetadata, message: { partition, key } }) => {
    if (partition !== undefined) return partition;
    const count = partitionMetadata.length;
    if (key === null || key === undefined) {
      turn += 1;
      return turn % count;
    }
    return (murmur2(Buffer.from(key)) & 0x7fffffff) % count;
  };
}
