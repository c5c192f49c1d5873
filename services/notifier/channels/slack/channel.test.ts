import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Message } from '#shared/model/index.ts';
import { SlackStandIn } from '#test/stand-ins/slack/index.ts';
import { hostileText, randomFrom } from '../../testing/hostile.ts';
import { sampleConclusion, sampleMessage } from '../../testing/sample.ts';
import { openChannel, type SendOutcome } from '../index.ts';

let slack: SlackStandIn;
beforeEach(async () => {
  slack = new SlackStandIn({ limits: 'unlimited' });
  await slack.up();
});
afterEach(() => slack.down());

async function send(message: Message, over: { actions?: boolean } = {}): Promise<SendOutcome> {
  const config = ConfigSchema.parse({
    http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'a-key-that-signs-links' },
    channels: { slack: { type: 'slack', webhook: slack.webhook, ...over } },
  });
  const channel = await openChannel('slack', config);
  return channel.send(
    { kind: 'card', message },
    {
      now: Date.now(),
      signal: new AbortController().signal,
      language: 'zh-CN',
      idempotencyKey: 'k',
      plain: false,
    },
  );
}

describe('Slack', () => {
  it('shows the finding with its colour, its lines and links to act on it', async () => {
    expect(await send(sampleMessage({ conclusion: sampleConclusion(), reasoning: 'model' }))).toEqual({
      kind: 'sent',
      code: 'ok',
    });
    const [seen] = slack.accepted;
    expect(seen).toMatchObject({
      title: '【严重】order-api：无法连接数据库',
      notification: '【严重】order-api：无法连接数据库',
      color: '#d92d20',
      mentions: [],
    });
    expect(seen?.text).toContain('连接数达到 max_connections 上限');
    expect(seen?.code.join('\n')).toContain('Connection refused');
    expect(seen?.links.map(({ text }) => text)).toContain('处理工单');
    for (const { url } of seen?.links ?? [])
      expect(url).toMatch(/^https:\/\/logpatrol\.example\.com\/[af]\//);
  });

  it('has no buttons where they are not wanted', async () => {
    await send(sampleMessage(), { actions: false });
    expect(slack.accepted[0]?.links.map(({ text }) => text)).toEqual(['查看详情']);
  });

  it('lets no text of a log call anybody or lead anywhere', async () => {
    const attacks = [
      '<!channel> <!here|here> <@U012AB3CD> <#C123|general> <!subteam^S1>',
      '<https://evil.example|click> https://evil.example/x @channel @here',
      '```\n<!everyone>\n``` `<!channel>` &lt;!channel&gt; &amp;lt;!channel>',
    ];
    const random = randomFrom(7);
    const texts = [...attacks, ...Array.from({ length: 60 }, () => hostileText(random))];
    for (const text of texts)
      expect(
        await send(
          sampleMessage(
            {
              title: text,
              service: text,
              hosts: [text],
              detail: text,
              conclusion: sampleConclusion({ summary: text, cause: text, actions: [{ text }] }),
              exemplars: [
                { id: 'e1', timestamp: '2026-11-21T01:00:00.000Z', host: text, text, before: [text] },
              ],
            },
            'opened',
          ),
          { actions: false },
        ),
      ).toMatchObject({ kind: 'sent' });
    for (const seen of slack.accepted) {
      expect(seen.mentions).toEqual([]);
      for (const { url } of seen.links) expect(url).toMatch(/^https:\/\/logpatrol\.example\.com\//);
    }
    expect(slack.accepted[0]?.text).toContain('<!channel> <!here|here>');
  });

  it('keeps within its limits whatever is in a finding', async () => {
    const text = '连接失败 & <x> '.repeat(4000);
    const others = Array.from({ length: 49 }, (_, index) => ({
      ...sampleMessage({ id: `0-${index}`, title: text, service: text }).finding,
    }));
    const message = sampleMessage({
      title: text,
      detail: text,
      conclusion: sampleConclusion({ summary: text, cause: text }),
    });
    expect(await send({ ...message, others, otherCount: 49 })).toMatchObject({ kind: 'sent' });
    for (const { id } of others) expect(slack.accepted[0]?.text).toContain(id);
  });

  it('is throttled as Slack throttles, and told for how long', async () => {
    slack.settings = { limits: 'platform' };
    const outcomes = [];
    for (let index = 0; index < 5; index++) outcomes.push(await send(sampleMessage()));
    expect(outcomes.at(-1)).toMatchObject({ code: 'http-429', cause: 'retryable', retryAfterMs: 1000 });
    expect(slack.accepted).toHaveLength(4);
  });

  it('says that the channel is archived or the webhook gone', async () => {
    slack.settings = { limits: 'unlimited', isArchived: true };
    expect(await send(sampleMessage())).toMatchObject({
      code: 'channel_is_archived',
      cause: 'permanent',
      error: expect.stringContaining('is archived'),
    });
    slack.settings = { limits: 'unlimited', isSwitchedOff: true };
    expect(await send(sampleMessage())).toMatchObject({ code: 'no_service', cause: 'permanent' });
  });
});
