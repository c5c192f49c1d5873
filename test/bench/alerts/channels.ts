import type { FeishuProcess } from '#test/stand-ins/feishu/index.ts';

/** The ways to a Feishu group: a custom bot's webhook, or an app's bot. */
export type ChannelKind = 'feishu' | 'feishu-app';
export const channelKinds = ['feishu', 'feishu-app'] as const;

/** Settings of an installation with one channel, named `feishu` whatever its kind, as shipped but for what `over` says. */
export function channelOf(
  kind: ChannelKind,
  feishu: FeishuProcess,
  secret: string | undefined,
  over: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  if (kind === 'feishu')
    return {
      channels: {
        feishu: { type: 'feishu', webhook: feishu.webhook, ...(secret !== undefined && { secret }), ...over },
      },
    };
  throw new Error('the stand-in has no app yet');
}
