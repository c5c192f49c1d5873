import { ChannelConfig } from '#shared/config/channels-schema.ts';
import type { Config } from '#shared/config/index.ts';
import type { Finding, Message } from '#shared/model/index.ts';
import { previewPage } from './cards/index.ts';
import { openChannel, type Rendered } from './channels/index.ts';
import { briefFinding } from './notify/brief.ts';

export interface PreviewOptions {
  /** As one of these would get it; without it as a Feishu custom bot would that may show nothing personal. */
  readonly channel?: string | undefined;
  readonly config: Config;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A custom bot that nobody has: its name cannot be one of a configuration. */
const nobodys = '';
const sampleBot = { type: 'feishu', webhook: 'https://open.feishu.cn/open-apis/bot/v2/hook/preview' };

/**
 * What a channel would be sent of findings that are new, one message each. Nothing is sent.
 *
 * @throws LogpatrolError `usage` where there is no such channel
 */
export async function previewFindings(
  findings: readonly Finding[],
  { channel = nobodys, config, now }: PreviewOptions,
): Promise<Rendered[]> {
  const channels = channel === nobodys ? { [nobodys]: ChannelConfig.parse(sampleBot) } : config.channels;
  const open = await openChannel(channel, { ...config, channels });
  const context = { now, language: config.language, idempotencyKey: 'preview', plain: false };
  return findings.map((finding) =>
    open.render({ kind: 'card', message: messageOf(finding, channel, now) }, context),
  );
}

function messageOf(finding: Finding, channel: string, now: number): Message {
  const groupId = `${channel}:${finding.id}`;
  return {
    id: `${groupId}:1`,
    traceId: finding.traceId,
    channel,
    groupId,
    reason: 'opened',
    finding: briefFinding(finding),
    queuedAt: new Date(now).toISOString(),
  };
}

/** The messages as a page of HTML of its own: Feishu's cards as they look there, roughly; of others their text. */
export function previewHtml(rendered: readonly Rendered[], title: string, { language }: Config): string {
  return previewPage({
    language,
    title,
    shown: rendered.map((each) =>
      each.kind === 'json' ? { kind: 'text', text: JSON.stringify(each.body, null, 2) } : each,
    ),
  });
}
