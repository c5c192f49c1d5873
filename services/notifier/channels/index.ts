import { readdirSync } from 'node:fs';
import { type Config, channelTypes as settingsTypes } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import type { Channel, OpenChannel } from './channel.ts';

export type {
  Channel,
  ChannelLimits,
  ChannelSetting,
  OpenChannel,
  Outgoing,
  RenderContext,
  Rendered,
  SendContext,
  SendOutcome,
  SentCard,
} from './channel.ts';

const here = new URL('.', import.meta.url);

/** The types of channels that there are: each folder here is one, and has its settings in `shared/config/channel-types/`. */
export const channelTypes: readonly string[] = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/**
 * The channel of this name, ready to send. What it is not allowed to reveal is masked in all that it sends.
 *
 * @throws LogpatrolError `invalid-config` where there is no such channel, or its type is half there
 */
export async function openChannel(name: string, config: Config): Promise<Channel> {
  const settings = config.channels[name];
  if (settings === undefined)
    throw new LogpatrolError(
      'usage',
      `there is no channel "${name}"; there are ${Object.keys(config.channels).join(', ')}`,
    );
  const { type } = settings;
  const strange = channelTypes.find((folder) => !settingsTypes.includes(folder));
  if (strange !== undefined)
    throw new LogpatrolError(
      'invalid-config',
      `services/notifier/channels/${strange} has no settings: add shared/config/channel-types/${strange}.ts`,
    );
  if (!channelTypes.includes(type))
    throw new LogpatrolError(
      'invalid-config',
      `channel ${name}: type ${type} has settings and no channel: add services/notifier/channels/${type}/channel.ts`,
    );
  const module: { open?: unknown } = await import(new URL(`${type}/channel.ts`, here).href);
  if (!isOpenChannel(module.open))
    throw new LogpatrolError(
      'invalid-config',
      `channel ${name}: services/notifier/channels/${type}/channel.ts must export open, an OpenChannel`,
    );
  const mask = createMask({ key: config.masking.key, reveal: settings.reveal });
  return module.open({ name, settings, config, mask });
}

function isOpenChannel(value: unknown): value is OpenChannel {
  return typeof value === 'function';
}
