import { randomUUID } from 'node:crypto';
import { auditRecord, type Origin } from '#shared/audit/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { originalRecord } from '#shared/dlq/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { readChannelQueue } from './channel-queue.ts';
import { channelsNamed } from './read-queue.ts';
import type { ReplayAnswer } from './report.ts';

export interface ReplayAsk {
  readonly channel?: string | undefined;
  /** One message; all that are dead where absent. */
  readonly id?: string | undefined;
  /** Those given up from then on; milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Who wants it. */
  readonly by: string;
  readonly origin: Origin;
  readonly now: number;
}

/** Records of one transaction. */
const mostAtOnce = 500;

/**
 * Puts dead messages back into the outboxes that they came from, and notes that in the audit log. One that already waits
 * again is no longer dead, so asking twice does not send twice.
 *
 * @throws LogpatrolError `usage` where there is no such channel or the message named is not dead, `unreachable` where the bus does not answer
 */
export async function replayDead(bus: Bus, config: Config, ask: ReplayAsk): Promise<ReplayAnswer> {
  const { id, since = 0, by, origin, now } = ask;
  const replayed: { id: string; channel: string }[] = [];
  const writer = await bus.writer('queue-replay');
  try {
    for (const channel of channelsNamed(config, ask.channel)) {
      const { dead } = await readChannelQueue(bus, channel, now, now);
      const letters = dead
        .filter(
          ({ delivery }) =>
            (id === undefined || delivery.messageId === id) && Date.parse(delivery.at) >= since,
        )
        .flatMap(({ letter }) => letter ?? []);
      for (let from = 0; from < letters.length; from += mostAtOnce) {
        const some = letters.slice(from, from + mostAtOnce);
        const audit = auditRecord({
          id: randomUUID(),
          at: new Date(now).toISOString(),
          by: { id: by, name: by },
          via: origin.via,
          action: 'queue.replay',
          outcome: 'done',
          channel,
          note: some.length === 1 ? (some[0]?.message.id ?? '') : `${some.length} messages`,
          ...(origin.address !== undefined && { address: origin.address }),
          ...(origin.account !== undefined && { account: origin.account }),
        });
        await writer.write([
          ...some.map(({ record }) => originalRecord(record, topic.outbox(channel))),
          audit,
        ]);
        replayed.push(...some.map(({ message }) => ({ id: message.id, channel })));
      }
    }
  } finally {
    await writer.close();
  }
  if (id !== undefined && replayed.length === 0)
    throw new LogpatrolError(
      'usage',
      `no dead message ${id}; \`logpatrol queue list\` shows which there are`,
    );
  return { replayed };
}
