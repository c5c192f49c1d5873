import { setTimeout as delay } from 'node:timers/promises';
import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import type { Bus, BusRecord, Member, OutRecord, StageDefinition, StageResult } from '#shared/bus/port.ts';
import { replayGroup } from './dead-letters.ts';

/** How often the committed offsets are looked at while a replay runs. */
const lookEveryMs = 200;

/**
 * Gives dead letters back to the topic that they came from, the oldest first, each exactly once: the record and the note that
 * it was given back are one transaction, so it may be interrupted. Those that come while it runs wait for the next replay.
 *
 * @returns how many were given back
 */
export async function replayDeadLetters(
  bus: Bus,
  topic: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<number> {
  const { until, count } = await plan(bus, topic, limit);
  if (count === 0) return 0;
  const member = await bus.run(replayStage(topic, until));
  try {
    await Promise.race([untilCommitted(bus, topic, until), member.ended]);
  } finally {
    await stop(member);
  }
  return count;
}

/** For each partition the offset below which everything is given back. */
async function plan(
  bus: Bus,
  topic: string,
  limit: number,
): Promise<{ until: ReadonlyMap<number, number>; count: number }> {
  const from = await bus.committed(replayGroup(topic), deadLetterTopic(topic));
  const until = new Map<number, number>();
  let count = 0;
  for await (const record of bus.read(deadLetterTopic(topic), { from })) {
    if (count >= limit) break;
    if (record.offset < (from.get(record.partition) ?? 0)) continue;
    until.set(record.partition, record.offset + 1);
    count += 1;
  }
  return { until, count };
}

/** The stage that republishes everything below `until` and then rests. */
export function replayStage(topic: string, until: ReadonlyMap<number, number>): StageDefinition {
  return {
    group: replayGroup(topic),
    input: deadLetterTopic(topic),
    start: 'committed',
    state: [],
    task: (partition) => ({
      handle(input): StageResult<never> {
        if (input.kind !== 'batch') return { records: [] };
        const end = until.get(partition) ?? 0;
        const due = input.records.filter((record) => record.offset < end);
        const last = due.at(-1);
        if (last === undefined) return { records: [], paused: true };
        return {
          records: due.map((record) => originalRecord(record, topic)),
          covers: last.offset + 1,
          paused: due.length < input.records.length || last.offset + 1 >= end,
        };
      },
    }),
  };
}

/** The record as it was before it became a dead letter. */
export function originalRecord(record: BusRecord, topic: string): OutRecord {
  const partition = Number(record.headers['logpatrol-partition'] ?? record.partition);
  const headers = Object.fromEntries(
    Object.entries(record.headers).filter(([name]) => !name.startsWith('logpatrol-')),
  );
  return {
    topic,
    partition: Number.isSafeInteger(partition) && partition >= 0 ? partition : record.partition,
    key: record.key === null ? null : record.key.toString('utf8'),
    value: record.value,
    headers,
  };
}

async function untilCommitted(bus: Bus, topic: string, until: ReadonlyMap<number, number>): Promise<void> {
  for (;;) {
    const committed = await bus.committed(replayGroup(topic), deadLetterTopic(topic));
    if ([...until].every(([partition, end]) => (committed.get(partition) ?? 0) >= end)) return;
    await delay(lookEveryMs);
  }
}

async function stop(member: Member): Promise<void> {
  await member.stop();
  // A failure that ended the member has already been thrown.
  await member.ended.catch(() => undefined);
}
