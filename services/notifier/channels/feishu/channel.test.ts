import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Message } from '#shared/model/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { sampleMessage } from '../../testing/sample.ts';
import type { SendOutcome } from '../channel.ts';
import { open } from './channel.ts';

const secret = 'a secret';
let feishu: FeishuStandIn;

beforeEach(async () => {
  feishu = new FeishuStandIn({ secret });
  await feishu.up();
});
afterEach(() => feishu.down());

function send(
  message: Message = sampleMessage(),
  over: { secret?: string; timeoutSeconds?: number; now?: number; signal?: AbortSignal } = {},
): Promise<SendOutcome> {
  const config = ConfigSchema.parse({
    channels: {
      ops: {
        type: 'feishu',
        webhook: feishu.webhook,
        secret: over.secret ?? secret,
        timeoutSeconds: over.timeoutSeconds ?? 10,
      },
    },
  });
  const channel = open({ name: 'ops', settings: config.channels.ops, config, mask: createMask() });
  return channel.send(
    { kind: 'card', message },
    {
      now: over.now ?? Date.now(),
      signal: over.signal ?? new AbortController().signal,
      language: 'zh-CN',
      idempotencyKey: 'k',
      plain: false,
    },
  );
}

describe('the Feishu custom bot', () => {
  it('sends a signed card that the group sees', async () => {
    expect(await send()).toEqual({ kind: 'sent', code: '0' });
    expect(feishu.accepted).toMatchObject([
      { incidentId: '0-a1b2c3d4e5f60718-m3k9x2p0', revision: 1, seen: { color: 'red' } },
    ]);
  });

  it('is refused with a wrong secret or an old timestamp', async () => {
    expect(await send(undefined, { secret: 'another' })).toMatchObject({ code: '19021', cause: 'permanent' });
    expect(await send(undefined, { now: Date.now() - 3_700_000 })).toMatchObject({ code: '19021' });
    expect(feishu.accepted).toEqual([]);
  });

  it('signs when it sends: a message that has waited for hours is fresh', async () => {
    const message = { ...sampleMessage(), queuedAt: new Date(Date.now() - 5 * 3_600_000).toISOString() };
    expect(await send(message)).toEqual({ kind: 'sent', code: '0' });
  });

  it('says that a keyword is missing, or that the address is not allowed', async () => {
    feishu.settings = { ...feishu.settings, keywords: ['runbook'] };
    expect(await send()).toMatchObject({ code: '19024', cause: 'permanent' });
    feishu.settings = { limits: 'platform', secret, addresses: ['192.0.2.1'] };
    expect(await send()).toMatchObject({ code: '19022', cause: 'permanent' });
  });

  it('is throttled beyond five in a second', async () => {
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => send()));
    expect(outcomes.filter((outcome) => outcome.kind === 'sent')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome.kind === 'failed')).toMatchObject([
      { code: '11232', cause: 'retryable', retryAfterMs: 1000 },
      { code: '11232', cause: 'retryable' },
    ]);
  });

  it('keeps the request within 20 KB for a finding full of large text', async () => {
    const text = '连接失败 <at id=all></at> ```` '.repeat(3000);
    const exemplar = { id: 'e', timestamp: '2026-11-21T01:00:00.000Z', host: text, text, before: [text] };
    expect(await send(sampleMessage({ title: text, service: text, exemplars: [exemplar] }))).toMatchObject({
      kind: 'sent',
    });
    expect(feishu.accepted[0]?.bytes).toBeLessThanOrEqual(20_000);
  });

  it.each([
    [
      { kind: 'status', status: 429, resetSeconds: 3 },
      { code: 'http-429', cause: 'retryable', retryAfterMs: 3000 },
    ],
    [
      { kind: 'status', status: 502 },
      { code: 'http-502', cause: 'retryable', uncertain: true },
    ],
    [
      { kind: 'code', code: 9499, msg: 'too many request' },
      { code: '9499', cause: 'retryable' },
    ],
    [{ kind: 'garbage' }, { code: 'http-200', cause: 'unknown', uncertain: true }],
    [{ kind: 'empty' }, { code: 'http-200', cause: 'unknown', uncertain: true }],
    [{ kind: 'reset' }, { cause: 'retryable', uncertain: true }],
    [{ kind: 'lost-answer' }, { cause: 'retryable', uncertain: true }],
  ] as const)('sorts the failure %j', async (fault, expected) => {
    feishu.faults.next(fault, 1);
    expect(await send()).toMatchObject({ kind: 'failed', ...expected });
    expect(await send()).toMatchObject({ kind: 'sent' });
  });

  it('gives up a call that is never answered', async () => {
    feishu.faults.next({ kind: 'hang' }, 1);
    expect(await send(undefined, { timeoutSeconds: 1 })).toMatchObject({
      code: 'timeout',
      cause: 'retryable',
      uncertain: true,
    });
  });

  it('ends when nobody wants the answer any more', async () => {
    feishu.faults.next({ kind: 'hang' }, 1);
    const stop = new AbortController();
    const outcome = send(undefined, { signal: stop.signal });
    stop.abort();
    expect(await outcome).toMatchObject({ kind: 'failed' });
  });

  it('knows that nothing was sent where nobody listens', async () => {
    await feishu.down();
    expect(await send()).toMatchObject({ code: 'ECONNREFUSED', cause: 'retryable', uncertain: false });
  });
});
