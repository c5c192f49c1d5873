import { afterEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { WebhookStandIn } from '#test/stand-ins/webhook/index.ts';
import { sampleFinding, sampleMessage } from '../../testing/sample.ts';
import { type Outgoing, openChannel, type SendContext } from '../index.ts';

const secret = 'the-secret-that-signs-requests';
let receiver: WebhookStandIn;
afterEach(() => receiver.down());

async function start(options: { giveIds?: boolean } = {}) {
  receiver = new WebhookStandIn({ secret, ...options });
  await receiver.up();
  const config = ConfigSchema.parse({
    http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'a-key-that-signs-links' },
    channels: {
      tickets: { type: 'webhook', webhook: receiver.webhook, secret, headers: { 'X-Team': 'ops' } },
    },
  });
  const channel = await openChannel('tickets', config);
  return (outgoing: Outgoing, over: Partial<SendContext> = {}) =>
    channel.send(outgoing, {
      now: Date.now(),
      signal: new AbortController().signal,
      language: 'zh-CN',
      idempotencyKey: 'tickets:1',
      plain: false,
      ...over,
    });
}

describe('a generic webhook', () => {
  it('posts the finding, signed, with the headers of the configuration', async () => {
    const send = await start();
    const { id: _, ...other } = sampleFinding({ title: '另一处' });
    const message = { ...sampleMessage(), others: [{ ...other, id: '0-other' }], otherCount: 1 };
    expect(await send({ kind: 'card', message })).toEqual({ kind: 'sent', code: '200' });
    expect(receiver.requests[0]?.headers).toMatchObject({ 'x-team': 'ops', 'idempotency-key': 'tickets:1' });
    expect(receiver.accepted).toMatchObject([
      {
        version: 1,
        kind: 'finding',
        id: 'tickets:1',
        channel: 'tickets',
        reason: 'opened',
        title: '【严重】order-api：无法连接数据库',
        text: expect.stringContaining('Connection refused'),
        finding: { id: '0-a1b2c3d4e5f60718-m3k9x2p0', severity: 'critical', count: 42 },
        others: [{ id: '0-other', title: '另一处' }],
        otherCount: 1,
        links: [{ text: '查看详情', url: expect.stringMatching(/^https:\/\/logpatrol\.example\.com\/f\//) }],
        actions: expect.arrayContaining([
          expect.objectContaining({ action: 'acknowledge', text: '处理工单' }),
          expect.objectContaining({ action: 'silence-1h' }),
        ]),
      },
    ]);
  });

  it('takes the receiver’s id of it', async () => {
    const send = await start({ giveIds: true });
    expect(await send({ kind: 'card', message: sampleMessage() })).toMatchObject({
      platformMessageId: 'T-tickets:1',
    });
  });

  it('is taken once, however often it is sent', async () => {
    const send = await start();
    receiver.faults.next({ kind: 'lost-answer' }, 1);
    const outgoing = { kind: 'card', message: sampleMessage() } as const;
    expect(await send(outgoing)).toMatchObject({ kind: 'failed', uncertain: true });
    expect(await send(outgoing)).toMatchObject({ kind: 'sent' });
    expect(receiver.accepted).toHaveLength(1);
  });

  it('signs when it sends, and an old signature is refused', async () => {
    const send = await start();
    const message = { ...sampleMessage(), queuedAt: new Date(Date.now() - 7_200_000).toISOString() };
    expect(await send({ kind: 'card', message })).toMatchObject({ kind: 'sent' });
    expect(await send({ kind: 'card', message }, { now: Date.now() - 7_200_000 })).toMatchObject({
      code: '401',
      cause: 'permanent',
      error: expect.stringContaining('not fresh'),
    });
  });

  it.each([
    [
      { kind: 'status', status: 503, resetSeconds: 7 },
      { cause: 'retryable', code: '503', retryAfterMs: 7000 },
    ],
    [
      { kind: 'status', status: 429, resetSeconds: 2 },
      { cause: 'retryable', code: '429', retryAfterMs: 2000 },
    ],
    [
      { kind: 'status', status: 408 },
      { cause: 'retryable', code: '408', uncertain: true },
    ],
    [
      { kind: 'status', status: 410 },
      { cause: 'permanent', code: '410' },
    ],
    [
      { kind: 'status', status: 302 },
      { cause: 'permanent', code: '302' },
    ],
  ] as const)('sorts the failure %j', async (fault, expected) => {
    const send = await start();
    receiver.faults.next(fault, 1);
    expect(await send({ kind: 'card', message: sampleMessage() })).toMatchObject({
      kind: 'failed',
      ...expected,
    });
  });
});
