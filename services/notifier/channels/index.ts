import { readdirSync } from 'node:fs';
import type { Config } from '#shared/config/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import type { Channel, OpenChannel } from './channel.ts';

export type {
  Channel,
  ChannelLimits,
  ChannelSetting,
  OpenChannel,
  Outgoing,
  SendContext,
  SendOutcome,
  SentCard,
} from './channel.ts';

/** The types of channels that there are: each folder here is one. */
export const channelTypes: readonly string[] = readdirSync(new URL('.', import.meta.url), {
  withFileTypes: true,
})
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The channel of this name, ready to send. What it is not allowed to reveal is masked in all that it sends. */
export async function openChannel(name: string, config: Config): Promise<Channel> {
  const settings = config.channels[name];
  if (settings === undefined || !channelTypes.includes(settings.type))
    throw new Error(`no folder for channel ${name} of type ${settings?.type}`);
  const module: { open?: unknown } = await import(
    new URL(`${settings.type}/channel.ts`, import.meta.url).href
  );
  if (!isOpenChannel(module.open)) throw new Error(`channels/${settings.type}/channel.ts has no open()`);
  const mask = createMask({ key: config.masking.key, reveal: settings.reveal });
  return module.open({ name, settings, config, mask });
}

function isOpenChannel(value: unknown): value is OpenChannel {
  return typeof value === 'function';
}
