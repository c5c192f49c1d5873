import type { FeishuChannelConfig } from '#shared/config/index.ts';
import { renderFeishuCard } from '../../cards/index.ts';
import type { Channel } from '../channel.ts';
import { post } from './post.ts';
import { sign } from './signature.ts';

/**
 * The platform takes 20 KB for the whole request; 20,000 bytes leave no room for doubt about what a KB is, and the envelope
 * (timestamp, signature, names) takes less than 200 of them.
 */
const maxCardBytes = 20_000 - 200;

/** A Feishu group's custom bot. Cards are rendered and signed when they are sent. */
export function openFeishuChannel(config: FeishuChannelConfig, mask: (text: string) => string): Channel {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    limits: { perSecond: config.perSecond, perMinute: config.perMinute, inFlight: config.inFlight },
    send: async (message, { now, signal, language }) => {
      const card = renderFeishuCard(message, { language, timeZone, mask, maxBytes: maxCardBytes });
      const signature = config.secret === undefined ? {} : sign(config.secret, now);
      const body = JSON.stringify({ ...signature, msg_type: 'interactive', card });
      return post(config.webhook, body, config.timeoutSeconds * 1000, signal);
    },
  };
}
