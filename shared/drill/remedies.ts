import { type ConsumerGroup, consumerGroups } from '#shared/bus/groups.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Unseen } from './follow.ts';
import type { DrillPlan } from './plan.ts';
import type { DrillFailure, DrillHopName } from './report.ts';

/** What a hop is called where it is told that it was not reached. */
export const hopTitles: Readonly<Record<DrillHopName, string>> = {
  line: 'line on the bus',
  stored: 'stored',
  signal: 'signal',
  incident: 'incident',
  finding: 'finding',
  message: 'message in the outbox',
  delivery: 'accepted delivery',
};

interface Advice {
  readonly remedy: string;
  readonly anchor: string;
}

function adviceOf(hop: DrillHopName, { channel, type }: DrillPlan): Advice {
  switch (hop) {
    case 'line':
      return {
        remedy: 'see whether the bus takes records: `logpatrol doctor --only bus`',
        anchor: 'kafka-unreachable',
      };
    case 'stored':
      return {
        remedy:
          'see the indexer and the store: `logpatrol doctor --only store lag groups elasticsearch-writes`',
        anchor: 'elasticsearch-write',
      };
    case 'signal':
      return {
        remedy: `see that an analyzer runs its stage detect for ${type}, and that it has the shipped rules (rules.shipped): \`logpatrol doctor --only groups lag\``,
        anchor: 'no-card',
      };
    case 'incident':
      return {
        remedy: 'see that an analyzer runs its stage correlate: `logpatrol doctor --only groups lag`',
        anchor: 'group-without-member',
      };
    case 'finding':
      return {
        remedy: 'see that an analyzer runs its stage reason: `logpatrol doctor --only groups model`',
        anchor: 'group-without-member',
      };
    case 'message':
      return {
        remedy: 'see that a notifier runs its stage notify: `logpatrol doctor --only groups lag`',
        anchor: 'group-without-member',
      };
    case 'delivery':
      return {
        remedy: `see what the channel says: \`logpatrol queue list ${channel}\`, \`logpatrol channels test ${channel}\``,
        anchor: 'channel-refuses',
      };
  }
}

/** The group that does the hop. */
function groupOf(hop: DrillHopName, config: Config, { type, channel }: DrillPlan): ConsumerGroup | undefined {
  const names: Readonly<Record<DrillHopName, string | undefined>> = {
    line: undefined,
    stored: `indexer-${topic.logs(type)}`,
    signal: `detect-${topic.logs(type)}`,
    incident: 'correlate',
    finding: 'reason',
    message: 'notify',
    delivery: `deliver-${channel}`,
  };
  return consumerGroups(config).find(({ group }) => group === names[hop]);
}

/** Why a hop was not reached as far as can be seen, and what to do. Never rejects for what the bus does not tell. */
export async function failureOf(
  { name: hop, why }: Unseen,
  plan: DrillPlan,
  config: Config,
  bus: Pick<Bus, 'members'>,
): Promise<DrillFailure> {
  const { remedy, anchor } = adviceOf(hop, plan);
  const group = groupOf(hop, config, plan);
  if (group !== undefined && why === undefined && (await membersOf(group, bus)) === 0) {
    const stage = group.stage === undefined ? '' : ` (stage ${group.stage})`;
    return {
      hop,
      why: `the group ${group.group} has no member`,
      remedy: `start the ${group.service}${stage}: \`logpatrol run ${group.service}\``,
      anchor: 'group-without-member',
    };
  }
  return { hop, why: why ?? `not seen within ${plan.timeoutMs / 1000} s`, remedy, anchor };
}

async function membersOf({ group }: ConsumerGroup, bus: Pick<Bus, 'members'>): Promise<number | undefined> {
  try {
    return (await bus.members([group])).get(group);
  } catch (error) {
    // The bus does not answer, or this account may not look: the hop is told all the same.
    if (error instanceof LogpatrolError) return undefined;
    throw error;
  }
}
