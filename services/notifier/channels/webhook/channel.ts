import { settings as schema } from '#shared/config/channel-types/webhook.ts';
import type { OpenChannel, Outgoing, RenderContext } from '../channel.ts';
import { sendHttp } from '../http.ts';
import { linkButtons } from '../link-buttons.ts';
import { payloadOf } from './payload.ts';
import { judgeReply } from './reply.ts';
import { signatureHeaders } from './signature.ts';

/** A server of the user's own, which is sent findings as JSON. Each message is one of its own: nothing is updated. */
export const open: OpenChannel = ({ name, settings, config, mask }) => {
  const { perSecond, perMinute, inFlight, webhook, secret, headers, timeoutSeconds, actions } =
    schema.parse(settings);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const buttons = linkButtons(actions, config);
  const bodyOf = (outgoing: Outgoing, { now, language, idempotencyKey }: RenderContext) =>
    payloadOf(
      outgoing,
      { id: idempotencyKey, channel: name },
      { config, language, timeZone, mask, buttons, canUpdate: false, now },
    );
  return {
    leadsTo: new URL(webhook).origin,
    buttons,
    limits: { perSecond, perMinute, inFlight },
    canUpdate: false,
    render: (outgoing, context) => ({ kind: 'json', body: bodyOf(outgoing, context) }),
    send: async (outgoing, context) => {
      const { now, signal, idempotencyKey } = context;
      const body = JSON.stringify(bodyOf(outgoing, context));
      return sendHttp(
        {
          url: webhook,
          headers: {
            ...headers,
            'Idempotency-Key': idempotencyKey,
            ...(secret === undefined ? {} : signatureHeaders(secret, body, now)),
          },
          body,
          timeoutMs: timeoutSeconds * 1000,
          signal,
          secrets: [webhook, ...(secret === undefined ? [] : [secret]), ...Object.values(headers)],
        },
        judgeReply,
      );
    },
  };
};
