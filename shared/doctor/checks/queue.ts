import { topic } from '#shared/bus/topics.ts';
import type { Check } from '../check.ts';
import { unreadOf } from '../unread.ts';
import { seconds } from '../words.ts';

/** A card waits so long in a storm; and so long only where nothing goes. */
const tolerableMs = 60_000;
const badMs = 5 * 60_000;

/** Whether messages wait in the outboxes for longer than pacing explains. */
export const queueCheck: Check = {
  name: 'queue',
  part: 'channels',
  anchors: ['queue-stuck'],
  async ask({ config, bus, clock }) {
    const opened = await bus();
    const waiting = await Promise.all(
      Object.keys(config.channels).map(async (channel) => ({
        channel,
        unread: await unreadOf(opened, `deliver-${channel}`, topic.outbox(channel)),
      })),
    );
    return waiting.map(({ channel, unread }) => {
      const name = `outbox of ${channel}`;
      const age = unread === undefined ? 0 : clock() - unread.since;
      if (unread === undefined || age < tolerableMs)
        return { name, status: 'ok', detail: unread === undefined ? 'empty' : 'on its way' };
      return {
        ...{ name, status: age > badMs ? ('bad' as const) : ('warning' as const), anchor: 'queue-stuck' },
        detail: `the oldest message that is not done with waits for ${seconds(age)}`,
        remedy: `\`logpatrol queue list ${channel}\` says what it waits for; see that a notifier runs`,
      };
    });
  },
};
