import { doubledIn, type Told } from '#test/integrity/told.ts';
import type { FeishuProcess } from '#test/stand-ins/feishu/index.ts';

/** The ways to a Feishu group: a custom bot's webhook, or an app's bot. */
export type ChannelKind = 'feishu' | 'feishu-app';
export const channelKinds = ['feishu', 'feishu-app'] as const;

const app = { appId: 'cli_0000000000000be0', appSecret: 'a-secret-of-the-bench' };
const chat = 'oc_bench';

/** Settings of an installation with one channel, named `feishu` whatever its kind, as shipped but for what `over` says. */
export async function channelOf(
  kind: ChannelKind,
  feishu: FeishuProcess,
  secret: string | undefined,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  if (kind === 'feishu') {
    const own = { webhook: feishu.webhook, ...(secret !== undefined && { secret }) };
    return { channels: { feishu: { type: 'feishu', ...own, ...over } } };
  }
  await feishu.app(app);
  await feishu.chat({ id: chat, apps: [app.appId], people: ['ou_bench'] });
  return {
    feishuApps: { main: { ...app, baseUrl: feishu.baseUrl } },
    channels: { feishu: { type: 'feishu-app', chat, ...over } },
  };
}

/** How many messages stand in the group twice. */
export async function doubledOf(kind: ChannelKind, feishu: FeishuProcess, told: Told): Promise<number> {
  return kind === 'feishu' ? told.doubled : doubledIn(await feishu.messages(chat));
}

/** What a channel of this kind is to keep below: calls within any second (of an app: to one chat) and any minute. */
export const limitsOf: Readonly<
  Record<ChannelKind, { readonly perSecond: number; readonly perMinute: number }>
> = {
  feishu: { perSecond: 5, perMinute: 100 },
  'feishu-app': { perSecond: 5, perMinute: 1000 },
};

/** Calls that count towards them: those that write. */
export const countedApis: ReadonlySet<string> = new Set(['bot', 'create', 'reply', 'update']);
