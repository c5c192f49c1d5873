import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import {
  MessageReport,
  type QueueAsk,
  QueueReport,
  ReplayAnswer,
  type ReplayAsk,
  readMessage,
  readQueue,
  replayDead,
} from '#shared/queue/index.ts';
import { type BusWork, withBus } from './with-bus.ts';

/** Works with the bus's topics of the outboxes. @throws LogpatrolError as `withBus` says */
function withOutboxes<T>(config: Config, work: BusWork<T>): Promise<T> {
  const outboxes = Object.keys(config.channels).map((channel) => topic.outbox(channel));
  const topics = [topic.deliveries, topic.audit, ...outboxes, ...outboxes.map(deadLetterTopic)];
  return withBus(config, topics, work);
}

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) given.set(name, value);
  return given.toString();
}

/** What waits, is dead, and was sent lately. @throws LogpatrolError `usage` where there is no such channel */
export function queueOf(config: Config, ask: QueueAsk): Promise<QueueReport> {
  const { channel, since, limit } = ask;
  const asked = query({ channel, since: new Date(since).toISOString(), limit: `${limit}` });
  return withOutboxes(config, {
    here: (bus) => readQueue(bus, config, ask),
    there: (process) => process.ask('GET', `/api/queue?${asked}`, QueueReport),
  });
}

/** All that is known of one message. @throws LogpatrolError `usage` where nothing is */
export function messageOf(config: Config, id: string): Promise<MessageReport> {
  return withOutboxes(config, {
    here: async (bus) => {
      const report = await readMessage(bus, config, id);
      if (report !== undefined) return report;
      throw new LogpatrolError('usage', 'nothing is known of such a message');
    },
    there: (process) => process.ask('GET', `/api/queue/messages/${encodeURIComponent(id)}`, MessageReport),
  });
}

/** Puts dead messages back. @throws LogpatrolError `usage` where the one that is named is not dead */
export function replay(config: Config, ask: Omit<ReplayAsk, 'origin'>): Promise<ReplayAnswer> {
  const { channel, id, since, by } = ask;
  const draft = { channel, id, by, since: since === undefined ? undefined : new Date(since).toISOString() };
  return withOutboxes(config, {
    here: (bus) => replayDead(bus, config, { ...ask, origin: { via: 'cli' } }),
    there: (process) => process.ask('POST', '/api/queue/replay', ReplayAnswer, draft),
  });
}
