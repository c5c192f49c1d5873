import { CompressionTypes, type Producer } from 'kafkajs';
import { filebeatEvent } from './events.ts';

/**
 * Writes `count` Filebeat-shaped events to a topic's partitions in turn, lz4, in batches as Filebeat's producer makes them.
 *
 * @returns bytes of values, and of the messages within them
 */
export async function fill(
  producer: Producer,
  topic: string,
  partitions: number,
  count: number,
): Promise<{ valueBytes: number; messageBytes: number }> {
  const batch = 2000;
  let valueBytes = 0;
  for (let first = 0; first < count; first += batch) {
    const messages = Array.from({ length: Math.min(batch, count - first) }, (_, i) => {
      const value = filebeatEvent(first + i);
      valueBytes += value.length;
      return { value, partition: (first / batch) % partitions };
    });
    await producer.send({ topic, messages, acks: 1, compression: CompressionTypes.LZ4 });
  }
  return { valueBytes, messageBytes: count * 250 };
}
