import type { BusRecord, OutRecord } from './port.ts';

/** The topic that holds what could not be handled of `topic`. */
export function deadLetterTopic(topic: string): string {
  return `dlq.${topic}`;
}

/**
 * The record as it came, addressed to its dead-letter topic on the same partition, with why, where and when in its headers.
 *
 * @param now milliseconds since the epoch
 */
export function deadLetter(record: BusRecord, stage: string, reason: string, now: number): OutRecord {
  return {
    topic: deadLetterTopic(record.topic),
    partition: record.partition,
    key: record.key === null ? null : record.key.toString('utf8'),
    value: record.value,
    headers: {
      ...record.headers,
      'logpatrol-error': reason.slice(0, 1000),
      'logpatrol-stage': stage,
      'logpatrol-time': new Date(now).toISOString(),
      'logpatrol-topic': record.topic,
      'logpatrol-partition': String(record.partition),
      'logpatrol-offset': String(record.offset),
    },
  };
}
