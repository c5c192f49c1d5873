import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { type ConsumerGroup, consumerGroups } from '#shared/bus/groups.ts';
import type { Bus } from '#shared/bus/port.ts';
import type { Answer, Check } from '../check.ts';
import { type Unread, unreadOf } from '../unread.ts';
import { seconds } from '../words.ts';

/** Longer behind than it may be by so long is bad even where it falls. */
const badMs = 2 * 60_000;
/** Between two looks. */
const betweenMs = 2_000;
const atOnce = 6;

/** Whether a group is behind, for how long, and whether it gets worse. */
export const lagCheck: Check = {
  name: 'lag',
  part: 'bus',
  anchors: ['lag'],
  // The embedded bus can be looked at from here only while nobody works on it.
  applies: ({ kafka }) => kafka !== undefined,
  async ask({ config, bus, clock }) {
    const opened = await bus();
    // What senders have before them is the check `queue`'s.
    const groups = consumerGroups(config).filter(
      ({ goesByOffset, stage }) => goesByOffset && stage !== 'deliver',
    );
    const first = await look(opened, groups);
    const behind = groups.filter(({ group, holdsMs }) => {
      const unread = first.get(group);
      return unread !== undefined && clock() - unread.since > holdsMs;
    });
    if (behind.length === 0)
      return [{ name: 'lag', status: 'ok', detail: `none of ${groups.length} groups is behind` }];
    await delay(betweenMs);
    const second = await look(opened, behind);
    return behind.map((group) => lagOf(group, first.get(group.group), second.get(group.group), clock()));
  },
};

async function look(bus: Bus, groups: readonly ConsumerGroup[]): Promise<Map<string, Unread | undefined>> {
  const limit = pLimit(atOnce);
  return new Map(
    await Promise.all(
      groups.map(({ group, input }) =>
        limit(async () => [group, await unreadOf(bus, group, input)] as const),
      ),
    ),
  );
}

function lagOf(
  { group, service, stage, holdsMs }: ConsumerGroup,
  before: Unread | undefined,
  now: Unread | undefined,
  time: number,
): Answer {
  const name = `lag of ${group}`;
  if (now === undefined) return { name, status: 'ok', detail: 'was behind, and has caught up' };
  const isGrowing = now.records > (before?.records ?? 0);
  const isStill = now.records === before?.records;
  const ageMs = time - now.since;
  const way = isGrowing ? 'it grows' : isStill ? 'nothing was read between two looks' : 'it falls';
  return {
    name,
    status: ageMs > holdsMs + badMs || isGrowing || isStill ? 'bad' : 'warning',
    detail: `${now.records} records behind, the oldest of ${seconds(ageMs)} ago; ${way}`,
    remedy: `see that the ${service}${stage === undefined ? '' : ` (stage ${stage})`} runs and what its log says; more members help up to the number of partitions`,
    anchor: 'lag',
  };
}
