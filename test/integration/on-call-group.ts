import { z } from 'zod';
import type { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';

/** Who is in the group, and what their app is called. */
export const wang = 'ou_7d8a6e6df7621556ce0d21922b676706';
export const li = 'ou_0123456789abcdef0123456789abcdef';
export const group = 'oc_a0553eda9014c201e6969b478895c230';
export const boss = 'oc_b0553eda9014c201e6969b478895c231';
const app = { appId: 'cli_a1b2c3d4e5f60718', appSecret: 'the-secret-of-the-app' };

/** The secret of the stand-in's custom bot (installation.ts). */
const secret = 'a-signing-secret';
const fast = { perSecond: 1000, perMinute: 60_000 };

/**
 * Sets up an app, its two groups and two people at the stand-in, and says how logpatrol is configured for them: channel `oncall` is the
 * app's group, `boss` the other one, `bot` the custom bot. 王芳 may act, 李雷 may look.
 */
export function onCall(feishu: FeishuStandIn, over: Record<string, unknown> = {}): Record<string, unknown> {
  feishu.platform
    .addApp(app)
    .addPerson({ openId: wang, name: '王芳' })
    .addPerson({ openId: li, name: '李雷' })
    .addChat({ id: group, apps: [app.appId], people: [wang, li] })
    .addChat({ id: boss, apps: [app.appId], people: [wang] });
  return {
    http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'a-key-that-signs-links' },
    feishuApps: { main: { ...app, baseUrl: feishu.baseUrl } },
    channels: {
      oncall: { type: 'feishu-app', chat: group, ...fast, timeoutSeconds: 2, downAfterSeconds: 1 },
      boss: { type: 'feishu-app', chat: boss, ...fast },
      bot: { type: 'feishu', webhook: feishu.webhook, secret, ...fast },
    },
    people: {
      wang: { name: '王芳', feishu: wang, role: 'responder' },
      li: { name: '李雷', feishu: li, role: 'viewer' },
    },
    routing: { channel: 'oncall', tell: ['wang'] },
    ...over,
  };
}

const Card = z.object({ card: z.unknown() });
const Button = z.object({
  tag: z.literal('button'),
  text: z.object({ content: z.string() }),
  behaviors: z.tuple([z.object({ type: z.literal('open_url'), default_url: z.string() })]),
});

/** The buttons of a card that a custom bot was given, by their words: what a member's browser opens. */
export function linksOn(body: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown): void => {
    const button = Button.safeParse(value).data;
    if (button !== undefined) found.set(button.text.content, button.behaviors[0].default_url);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(Card.parse(JSON.parse(body)).card);
  return found;
}
