import type { ChannelConfig, Config } from '#shared/config/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import type { Channel } from './channel.ts';
import { openConsoleChannel } from './console/channel.ts';
import { openFeishuChannel } from './feishu/channel.ts';

export type { Channel, ChannelLimits, SendContext, SendOutcome } from './channel.ts';

/** The channel of this configuration, ready to send. What it is not allowed to reveal is masked in all that it sends. */
export function openChannel(config: ChannelConfig, { key }: Config['masking']): Channel {
  const mask = createMask({ key, reveal: config.reveal });
  switch (config.type) {
    case 'console':
      return openConsoleChannel(mask);
    case 'feishu':
      return openFeishuChannel(config, mask);
  }
}
