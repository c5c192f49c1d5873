import { WebhookStandIn } from '#test/stand-ins/webhook/index.ts';
import { misbehaving, type StartFarSide } from '../../testing/channel-contract.ts';

export const farSide: StartFarSide = async () => {
  const secret = 'the-secret-that-signs-requests';
  const receiver = new WebhookStandIn({ secret });
  await receiver.up();
  const authorization = 'Bearer an-opaque-token-of-theirs';
  const settings = {
    webhook: receiver.webhook,
    secret,
    headers: { Authorization: authorization },
    timeoutSeconds: 1,
  };
  return {
    settings,
    wrong: { settings: { ...settings, secret: 'another-secret-altogether' } },
    secrets: [receiver.webhook, new URL(receiver.webhook).pathname, secret, authorization],
    seen: () => receiver.accepted.map(({ title, text }) => `${title}\n${text}`),
    misbehave: misbehaving(receiver.faults),
    down: () => receiver.down(),
  };
};
