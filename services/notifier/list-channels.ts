import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { openChannel } from './channels/index.ts';

/** One channel of the configuration, in words for a table. */
export interface ChannelSummary {
  readonly name: string;
  readonly type: string;
  /** No secrets. */
  readonly leadsTo: string;
  readonly limits: string;
  /** What its cards can do: be updated, have buttons or links. Of one that cannot be opened: why. */
  readonly can: string;
}

/** The channels of the configuration, opened (nothing is sent). */
export async function listChannels(config: Config): Promise<ChannelSummary[]> {
  return Promise.all(Object.keys(config.channels).map((name) => summaryOf(name, config)));
}

async function summaryOf(name: string, config: Config): Promise<ChannelSummary> {
  const type = config.channels[name]?.type ?? '';
  try {
    const { leadsTo, limits, canUpdate, buttons = 'none' } = await openChannel(name, config);
    const { perSecond, perMinute } = limits;
    const people = { callback: ['buttons'], links: ['links'], none: [] }[buttons];
    return {
      name,
      type,
      leadsTo: leadsTo ?? 'standard output',
      limits: Number.isFinite(perMinute) ? `${perSecond}/s, ${perMinute}/min` : 'none',
      can: [...(canUpdate ? ['updates'] : []), ...people].join(', ') || '–',
    };
  } catch (thrown) {
    // One channel that cannot be opened must not hide the others.
    return { name, type, leadsTo: '–', limits: '–', can: messageOf(thrown) };
  }
}
