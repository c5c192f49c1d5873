import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { misbehaving, type StartFarSide } from '../../testing/channel-contract.ts';

export const farSide: StartFarSide = async () => {
  const secret = 'the-signing-secret-of-the-bot';
  const feishu = new FeishuStandIn({ secret });
  await feishu.up();
  const settings = { webhook: feishu.webhook, secret, timeoutSeconds: 1 };
  return {
    settings,
    wrong: { settings: { ...settings, secret: 'another-secret-altogether' } },
    secrets: [feishu.webhook, new URL(feishu.webhook).pathname, secret],
    seen: () => feishu.accepted.map(({ seen }) => `${seen?.title}\n${seen?.text}`),
    misbehave: misbehaving(feishu.faults),
    down: () => feishu.down(),
  };
};
