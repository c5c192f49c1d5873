import { consumerGroups } from '#shared/bus/groups.ts';
import type { Config } from '#shared/config/index.ts';
import type { Check } from '../check.ts';

/** Whether each stage has somebody who works on it. */
export const groupsCheck: Check = {
  name: 'groups',
  part: 'bus',
  anchors: ['group-without-member'],
  // Of the embedded bus every member is in the one process that has it, and is there or not with it.
  applies: ({ kafka }) => kafka !== undefined,
  async ask({ config, bus }) {
    const groups = consumerGroups(config).filter(
      ({ service }) => service !== 'housekeeping' || hasNightsOrDrills(config),
    );
    const members = await (await bus()).members(groups.map(({ group }) => group));
    const empty = groups.filter(({ group }) => members.get(group) === 0);
    if (empty.length === 0)
      return [{ name: 'groups', status: 'ok', detail: `each of ${groups.length} groups has a member` }];
    return [...Map.groupBy(empty, ({ service }) => service)].map(([service, without]) => {
      const stages = [...new Set(without.flatMap(({ stage }) => stage ?? []))];
      const some = without.slice(0, 5).map(({ group }) => group);
      const more = without.length > some.length ? ` and ${without.length - some.length} more` : '';
      return {
        ...{ name: `groups of ${service}`, status: 'bad' as const, anchor: 'group-without-member' },
        detail: `no member: ${some.join(', ')}${more}`,
        remedy: `start it: \`logpatrol run ${service}\`${stages.length > 0 ? ` (stages ${stages.join(', ')})` : ''}; its log says why it stopped`,
      };
    });
  },
};

/** Whether there is anything for the service housekeeping to do. */
function hasNightsOrDrills({ housekeeping, drill }: Config): boolean {
  return housekeeping.enabled || drill.everyMinutes !== undefined;
}
