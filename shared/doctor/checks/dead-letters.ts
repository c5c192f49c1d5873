import pLimit from 'p-limit';
import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import type { Bus } from '#shared/bus/port.ts';
import { deadLetters, replayGroup, topicsWithDeadLetters } from '#shared/dlq/index.ts';
import type { Answer, Check } from '../check.ts';

const atOnce = 6;
/** So many are counted; more is "or more". */
const mostCounted = 1000;
const longestReason = 160;

/** Whether records wait that a stage could not handle. */
export const deadLettersCheck: Check = {
  name: 'dead-letters',
  part: 'bus',
  anchors: ['dead-letters'],
  async ask({ config, bus }) {
    const opened = await bus();
    const limit = pLimit(atOnce);
    const topics = topicsWithDeadLetters(config);
    const found = await Promise.all(topics.map((topic) => limit(() => waitingIn(opened, topic))));
    const waiting = found.filter((answer) => answer !== undefined);
    return waiting.length > 0 ? waiting : [{ name: 'dead letters', status: 'ok', detail: 'none wait' }];
  },
};

async function waitingIn(bus: Bus, topic: string): Promise<Answer | undefined> {
  const name = deadLetterTopic(topic);
  const [ends, done] = await Promise.all([bus.ends(name), bus.committed(replayGroup(topic), name)]);
  if ([...ends].every(([partition, end]) => end <= (done.get(partition) ?? 0))) return undefined;
  let count = 0;
  let reason = '';
  for await (const { replayed, error, stage } of deadLetters(bus, topic)) {
    if (replayed) continue;
    count += 1;
    reason = `${stage}: ${error}`;
    if (count >= mostCounted) break;
  }
  if (count === 0) return undefined;
  const more = count >= mostCounted ? ' or more' : '';
  return {
    ...{ name: `dead letters of ${topic}`, status: 'warning', anchor: 'dead-letters' },
    detail: `${count}${more} wait; the last one, ${reason.slice(0, longestReason)}`,
    remedy: `read them with \`logpatrol dlq list ${topic}\`; after mending give them back with \`logpatrol dlq replay ${topic}\``,
  };
}
