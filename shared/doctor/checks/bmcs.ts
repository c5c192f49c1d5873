import type { ServerStatus } from '#shared/model/index.ts';
import type { Check } from '../check.ts';
import { seconds } from '../words.ts';

const most = 10_000;
const mostNamed = 5;
/** So many intervals may pass without a poll. */
const overdueIntervals = 4;
const minute = 60_000;

/** Whether each BMC was polled in time and let us in. */
export const bmcsCheck: Check = {
  name: 'bmcs',
  part: 'machines',
  anchors: ['bmc-silent'],
  applies: ({ ipmi }) => ipmi.servers.length > 0 || ipmi.inventory !== undefined,
  async ask({ config, store, clock }) {
    const statuses = await (await store()).serverStatuses({ source: 'ipmi', limit: most });
    const known = new Map(statuses.map((status) => [status.server, status]));
    const wanted = config.ipmi.servers.filter(({ enabled }) => enabled);
    const never = wanted.filter(({ name }) => !known.has(name)).map(({ name }) => `${name} was never polled`);
    const intervals = new Map(wanted.map((server) => [server.name, server.intervalSeconds]));
    const late = statuses.flatMap((status): string[] => {
      const interval = (intervals.get(status.server) ?? config.ipmi.intervalSeconds) * 1000;
      const age = clock() - Date.parse(status.timestamp);
      if (age > Math.max(overdueIntervals * interval, 2 * minute))
        return [`${status.server} was polled last ${seconds(age)} ago`];
      return status.outcome === 'ok' ? [] : [troubleOf(status)];
    });
    const name = 'BMCs';
    const ill = [...late, ...never];
    if (ill.length === 0) return [{ name, status: 'ok', detail: `${statuses.length} polled in time` }];
    const more = ill.length > mostNamed ? `, and ${ill.length - mostNamed} more` : '';
    return [
      {
        ...{ name, status: 'warning', anchor: 'bmc-silent' },
        detail: `${ill.slice(0, mostNamed).join('; ')}${more}`,
        remedy:
          'see that the service ipmi runs; `logpatrol ipmi list` shows each, `logpatrol ipmi check` asks one by hand',
      },
    ];
  },
};

function troubleOf({ server, outcome, reason }: ServerStatus): string {
  return `${server} is ${outcome}${reason === undefined ? '' : ` (${reason})`}`;
}
