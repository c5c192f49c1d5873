import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { misbehaving, type StartFarSide } from '../../testing/channel-contract.ts';

export const farSide: StartFarSide = async () => {
  const app = { appId: 'cli_00000000000000c0', appSecret: 'the-secret-of-the-app' };
  const chat = 'oc_contract';
  const feishu = new FeishuStandIn();
  feishu.platform.addApp(app).addChat({ id: chat, apps: [app.appId], people: ['ou_wang'] });
  await feishu.up();
  const main = { ...app, baseUrl: feishu.baseUrl };
  const settings = { chat, timeoutSeconds: 1 };
  return {
    settings,
    config: { feishuApps: { main } },
    wrong: {
      settings,
      config: { feishuApps: { main: { ...main, appSecret: 'another-secret-altogether' } } },
    },
    secrets: [app.appSecret, 'another-secret-altogether'],
    seen: () =>
      feishu.platform.messages(chat).map(({ states }) => {
        const card = states.at(-1);
        return `${card?.title}\n${card?.text}`;
      }),
    misbehave: misbehaving(feishu.faults),
    down: () => feishu.down(),
  };
};
