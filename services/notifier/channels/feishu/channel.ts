import { settings as schema } from '#shared/config/channel-types/feishu.ts';
import { type FeishuCard, renderFeishuCard, renderFeishuDigest } from '../../cards/index.ts';
import type { OpenChannel, Outgoing, RenderContext } from '../channel.ts';
import { sendHttp } from '../http.ts';
import { linkButtons } from '../link-buttons.ts';
import { judgeReply } from './reply.ts';
import { sign } from './signature.ts';

/**
 * The platform takes 20 KB for the whole request; 20,000 bytes leave no room for doubt about what a KB is, and the envelope
 * (timestamp, signature, names) takes less than 200 of them.
 */
const maxCardBytes = 20_000 - 200;

/** A Feishu group's custom bot. Cards are rendered and signed when they are sent; it can neither update nor take clicks. */
export const open: OpenChannel = ({ settings, config, mask }) => {
  const { perSecond, perMinute, inFlight, secret, webhook, timeoutSeconds, actions } = schema.parse(settings);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const buttons = linkButtons(actions, config);
  const cardOf = (outgoing: Outgoing, { now, language, plain }: RenderContext): FeishuCard => {
    const options = {
      config,
      language,
      timeZone,
      mask,
      maxBytes: maxCardBytes,
      plain,
      now,
      buttons,
      canUpdate: false,
    };
    return outgoing.kind === 'digest'
      ? renderFeishuDigest(outgoing.digest, options)
      : renderFeishuCard(outgoing.message, options);
  };
  return {
    leadsTo: new URL(webhook).origin,
    buttons,
    limits: { perSecond, perMinute, inFlight },
    canUpdate: false,
    render: (outgoing, context) => ({ kind: 'card', card: cardOf(outgoing, context) }),
    send: async (outgoing, context) => {
      const { now, signal } = context;
      const card = cardOf(outgoing, context);
      const signature = secret === undefined ? {} : sign(secret, now);
      const body = JSON.stringify({ ...signature, msg_type: 'interactive', card });
      const secrets = [webhook, ...(secret === undefined ? [] : [secret])];
      const timeoutMs = timeoutSeconds * 1000;
      return sendHttp({ url: webhook, body, timeoutMs, signal, secrets }, judgeReply);
    },
  };
};
