import { settings as schema } from '#shared/config/channel-types/slack.ts';
import { digestView, renderText, shownMessage, type ViewOptions, viewOf } from '../../cards/index.ts';
import type { OpenChannel, Outgoing, RenderContext } from '../channel.ts';
import { sendHttp } from '../http.ts';
import { linkButtons } from '../link-buttons.ts';
import { cardMessage, digestMessage, plainDigest, plainMessage, type SlackMessage } from './blocks.ts';
import { judgeReply } from './reply.ts';

/** Slack says of no bound for a whole message but that there is one; people have met it at some 13,000 characters. */
const mostCharacters = 12_000;

/** Each step keeps less of every long part. */
const scales = [1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.08, 0.03];

/** An incoming webhook of Slack. It can neither update a message nor take clicks; its buttons are links. */
export const open: OpenChannel = ({ settings, config, mask }) => {
  const { perSecond, perMinute, inFlight, webhook, timeoutSeconds, actions } = schema.parse(settings);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const buttons = linkButtons(actions, config);
  const bodyOf = (outgoing: Outgoing, { now, language, plain }: RenderContext): SlackMessage => {
    const options = { config, language, timeZone, mask, buttons, canUpdate: false, now };
    return plain ? plainOf(outgoing, options) : messageOf(outgoing, options);
  };
  return {
    leadsTo: new URL(webhook).origin,
    buttons,
    limits: { perSecond, perMinute, inFlight },
    canUpdate: false,
    render: (outgoing, context) => ({ kind: 'json', body: bodyOf(outgoing, context) }),
    send: async (outgoing, context) => {
      const { signal } = context;
      const message = bodyOf(outgoing, context);
      return sendHttp(
        {
          url: webhook,
          body: JSON.stringify(message),
          timeoutMs: timeoutSeconds * 1000,
          signal,
          secrets: [webhook],
        },
        judgeReply,
      );
    },
  };
};

function messageOf(outgoing: Outgoing, options: ViewOptions): SlackMessage {
  if (outgoing.kind === 'digest') return digestMessage(digestView(outgoing.digest, options));
  const shown = shownMessage(outgoing.message, options.mask);
  let message: SlackMessage | undefined;
  for (const main of scales) {
    message = cardMessage(viewOf(shown, options, { main, full: 0 }));
    if (charactersOf(message) <= mostCharacters) break;
  }
  return message ?? plainOf(outgoing, options);
}

function plainOf(outgoing: Outgoing, options: ViewOptions): SlackMessage {
  if (outgoing.kind === 'digest') return plainDigest(digestView(outgoing.digest, options));
  const text = renderText(outgoing.message, { ...options, color: false });
  return plainMessage(text.split('\n')[0] ?? '', text);
}

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (key === 'url' ? 0 : charactersOf(part)),
    0,
  );
}
