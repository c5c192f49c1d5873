import type { ChannelConfig } from '#shared/config/index.ts';
import type { Channel } from './channel.ts';
import { openConsoleChannel } from './console/channel.ts';
import { openFeishuChannel } from './feishu/channel.ts';

export type { Channel, ChannelLimits, SendContext, SendOutcome } from './channel.ts';

/** The channel of this configuration, ready to send. */
export function openChannel(config: ChannelConfig): Channel {
  switch (config.type) {
    case 'console':
      return openConsoleChannel();
    case 'feishu':
      return openFeishuChannel(config);
  }
}
