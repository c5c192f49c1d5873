import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Message } from '#shared/model/index.ts';
import { type Entry, messageIn } from './entry.ts';

/** So many copies are made in one transaction. */
export const mostCopies = 100;

/**
 * The message as the next of its fallback channels is given it, on a card of its own there; and that channel. Its id follows from the
 * message's, and so does its group's: what follows of the group joins that card.
 */
export function fallbackOf(entry: Entry, now: number): { channel: string; record: OutRecord } | undefined {
  const [channel, ...further] = entry.fallback;
  if (channel === undefined || entry.packed === undefined) return undefined;
  const { fallback: _fallback, mentions: _mentions, ...message } = messageIn(entry);
  const copy: Message = {
    ...message,
    id: `${channel}:${message.id}`,
    channel,
    groupId: `${channel}:${message.groupId}`,
    reason: 'fallback',
    ...(further.length > 0 && { fallback: further }),
    meantFor: message.meantFor ?? message.channel,
    queuedAt: new Date(now).toISOString(),
  };
  const value = JSON.stringify(copy);
  return { channel, record: { topic: topic.outbox(channel), partition: 0, key: copy.groupId, value } };
}
