import { settings as schema } from '#shared/config/channel-types/feishu-app.ts';
import type { Message, MessageReason } from '#shared/model/index.ts';
import {
  type FeishuCard,
  type RenderOptions,
  renderFeishuCard,
  renderFeishuDigest,
  renderFeishuRing,
} from '../../cards/index.ts';
import type { OpenChannel, Outgoing, RenderContext, SendContext, SendOutcome, SentCard } from '../channel.ts';
import { MessageApi } from './api.ts';
import { CardSender } from './sender.ts';

/**
 * The platform takes 30 KB for the whole request, in which the card stands as JSON within JSON: every quote of it takes two bytes. 30,000
 * leave no room for doubt about what a KB is, and the rest of the request takes less than 300.
 */
const maxEscapedBytes = 30_000 - 300;
/** Cards can be made no smaller. */
const leastBytes = 8_000;

/** An update rings nobody; of these people have to hear. */
const ringing: ReadonlySet<MessageReason> = new Set(['reopened', 'escalated', 'unacknowledged']);

/** A group or a person, written to by an app's bot: cards are updated in place, and take clicks. */
export const open: OpenChannel = ({ name, settings, config, mask }) => {
  const parsed = schema.parse(settings);
  const { perSecond, perMinute, inFlight, timeoutSeconds, actions, chat, person } = parsed;
  const app = config.feishuApps[parsed.app];
  if (app === undefined) throw new Error(`channel ${name}: there is no feishuApps.${parsed.app}`);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const sender = new CardSender(
    new MessageApi(app, timeoutSeconds * 1000),
    app.appId,
    chat === undefined ? { idType: 'open_id', id: person ?? '' } : { idType: 'chat_id', id: chat },
  );
  const buttons = !actions ? 'none' : app.callbacks === 'none' ? 'links' : 'callback';
  const optionsOf = ({ now, language, plain }: RenderContext): RenderOptions => ({
    config,
    language,
    timeZone,
    mask,
    maxBytes: maxEscapedBytes,
    plain,
    now,
    buttons,
    canUpdate: true,
  });

  const update = async (message: Message, card: SentCard, context: SendContext): Promise<SendOutcome> => {
    const options = optionsOf(context);
    const shown = fitted((maxBytes) => renderFeishuCard(message, { ...options, maxBytes }));
    const { platformMessageId } = card;
    const updated = await sender.update(platformMessageId, shown, context);
    if (updated.kind === 'failed' || !ringing.has(message.reason)) return updated;
    const ring = (calls: boolean): Promise<SendOutcome> =>
      sender.reply(
        platformMessageId,
        renderFeishuRing(message, options, calls),
        {
          uuid: `${context.idempotencyKey}-ring`,
          uncertainSince: context.uncertainSince,
          sought: { replyTo: platformMessageId },
        },
        context,
      );
    const called = await ring(!context.plain);
    // Somebody whom it calls is unknown there; the names alone are better than nothing.
    const rung =
      called.kind === 'failed' && called.isCardRefused === true && !context.plain
        ? await ring(false)
        : called;
    return rung.kind === 'failed' ? rung : updated;
  };

  const cardOf = (outgoing: Outgoing, context: RenderContext): FeishuCard => {
    const options = optionsOf(context);
    return fitted((maxBytes) =>
      outgoing.kind === 'digest'
        ? renderFeishuDigest(outgoing.digest, { ...options, maxBytes })
        : renderFeishuCard(outgoing.message, { ...options, maxBytes }),
    );
  };

  return {
    limits: { perSecond, perMinute, inFlight },
    canUpdate: true,
    leadsTo: `${app.baseUrl} ${chat ?? person}`,
    buttons,
    calls: (outgoing) =>
      outgoing.kind === 'card' && outgoing.card !== undefined && ringing.has(outgoing.message.reason) ? 2 : 1,
    render: (outgoing, context) => ({ kind: 'card', card: cardOf(outgoing, context) }),
    send: async (outgoing, context) => {
      if (outgoing.kind === 'card' && outgoing.card !== undefined)
        return update(outgoing.message, outgoing.card, context);
      const shown = cardOf(outgoing, context);
      const { uncertainSince, idempotencyKey: uuid } = context;
      return sender.create(shown, { uuid, uncertainSince, sought: { mark: markOf(outgoing) } }, context);
    },
  };
};

/** What the card's footer says of it, and of no other. */
function markOf(outgoing: Parameters<ReturnType<OpenChannel>['send']>[0]): string {
  if (outgoing.kind === 'digest') return outgoing.digest.id;
  const { id, revision } = outgoing.message.finding;
  return `${id} r${revision}`;
}

/** The largest card that, as JSON within JSON, is small enough. */
function fitted(render: (maxBytes: number) => FeishuCard): FeishuCard {
  let maxBytes = maxEscapedBytes;
  for (;;) {
    const card = render(maxBytes);
    const escaped = Buffer.byteLength(JSON.stringify(JSON.stringify(card)));
    if (escaped <= maxEscapedBytes || maxBytes <= leastBytes) return card;
    maxBytes = Math.max(leastBytes, Math.floor(maxBytes * Math.min(0.95, maxEscapedBytes / escaped)));
  }
}
