import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigSchema, channelTypes as settingsTypes } from '#shared/config/index.ts';
import type { ContractFarSide, StartFarSide } from '../testing/channel-contract.ts';
import { hostileText, randomFrom } from '../testing/hostile.ts';
import { sampleMessage } from '../testing/sample.ts';
import { type Channel, channelTypes, type Outgoing, openChannel, type SendContext } from './index.ts';

const Contract = z.object({ farSide: z.custom<StartFarSide>((value) => typeof value === 'function') });

it('each type has its settings, and each settings their type', () => {
  expect(channelTypes).toEqual(settingsTypes);
  expect(channelTypes.length).toBeGreaterThan(1);
});

const phone = '13812345678';
const card: Outgoing = {
  kind: 'card',
  message: sampleMessage({ title: '支付网关超时', detail: `caller ${phone}` }),
};
const digest: Outgoing = {
  kind: 'digest',
  digest: {
    id: 'digest-1',
    waiting: 3,
    entries: Array.from({ length: 100 }, (_, index) => ({
      messageId: `ops:${index}`,
      incidentId: `0-${String(index).padStart(16, 'a')}-m3k9x2p0`,
      severity: 'warning',
      reason: 'opened',
      state: 'open',
      service: `service-${index}`,
      title: `${'连接池已满'.repeat(20)} ${phone}`,
      count: 7,
      otherCount: 0,
      firstSeen: '2026-11-21T01:00:00.000Z',
    })),
  },
};

describe.each([...channelTypes])('a channel of type %s', (type) => {
  let far: ContractFarSide;
  let channel: Channel;

  const opened = ({ settings, config }: Pick<ContractFarSide, 'settings' | 'config'>): Promise<Channel> =>
    openChannel(
      'ops',
      ConfigSchema.parse({
        http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'a-key-that-signs-links' },
        ...config,
        channels: { ops: { type, ...settings } },
      }),
    );
  const send = (outgoing: Outgoing, over: Partial<SendContext> = {}) =>
    channel.send(outgoing, {
      now: Date.now(),
      signal: new AbortController().signal,
      language: 'zh-CN',
      idempotencyKey: 'key-1',
      plain: false,
      ...over,
    });

  beforeEach(async () => {
    const contract = new URL(`${type}/contract.ts`, import.meta.url).href;
    far = await Contract.parse(await import(contract)).farSide();
    channel = await opened(far);
  });
  afterEach(() => far.down());

  it('says what it bears and where it leads, without a secret', () => {
    const { perSecond, perMinute, inFlight } = channel.limits;
    for (const limit of [perSecond, perMinute, inFlight]) expect(limit).toBeGreaterThan(0);
    for (const secret of far.secrets) expect(channel.leadsTo ?? '').not.toContain(secret);
  });

  it('shows what it would send, masked and without a secret, and sends nothing', () => {
    const context = { now: Date.now(), language: 'zh-CN', idempotencyKey: 'key-1', plain: false } as const;
    for (const outgoing of [card, digest]) {
      const rendered = JSON.stringify(channel.render(outgoing, context));
      expect(rendered).toContain(outgoing === card ? '支付网关超时' : 'service-99');
      for (const hidden of [phone, ...far.secrets]) expect(rendered).not.toContain(hidden);
    }
    expect(far.seen()).toEqual([]);
  });

  it('sends a card that people read, masked', async () => {
    expect(await send(card)).toMatchObject({ kind: 'sent' });
    expect(far.seen()).toHaveLength(1);
    expect(far.seen()[0]).toContain('order-api');
    expect(far.seen()[0]).toContain('支付网关超时');
    expect(far.seen()[0]).toContain('Connection refused');
    expect(far.seen()[0]).not.toContain(phone);
  });

  it('sends it as text alone where the far side has refused the card', async () => {
    expect(await send(card, { plain: true })).toMatchObject({ kind: 'sent' });
    expect(far.seen()[0]).toContain('支付网关超时');
    expect(far.seen()[0]).not.toContain(phone);
  });

  it.each([false, true])(
    'sends a digest that names each of its hundred findings, masked (plain: %s)',
    async (plain) => {
      expect(await send(digest, { plain })).toMatchObject({ kind: 'sent' });
      if (digest.kind === 'digest')
        for (const { incidentId } of digest.digest.entries) expect(far.seen()[0]).toContain(incidentId);
      expect(far.seen()[0]).not.toContain(phone);
    },
  );

  it.each([1, 2, 3])('sends a hostile card, whatever is in it (%i)', async (seed) => {
    const random = randomFrom(seed);
    const text = () => hostileText(random);
    const message = sampleMessage({
      title: text(),
      service: text(),
      detail: text(),
      hosts: [text(), text()],
      exemplars: [
        { id: 'e', timestamp: '2026-11-21T01:00:00.000Z', host: text(), text: text(), before: [text()] },
      ],
    });
    expect(await send({ kind: 'card', message })).toMatchObject({ kind: 'sent' });
  });

  it('tells as a value that nobody is there', async (context) => {
    if (far.misbehave === undefined) return context.skip('nothing can be down');
    await far.down();
    const outcome = await send(card);
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'retryable', uncertain: false });
    for (const secret of far.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  it.each([
    ['hang', 'retryable', true],
    ['reset', 'retryable', true],
    ['status-500', 'retryable', true],
    ['status-429', 'retryable', false],
  ] as const)('takes %s for %s', async (fault, cause, uncertain) => {
    if (far.misbehave === undefined) return;
    // A token that is fetched first has been fetched.
    await send(card);
    far.misbehave(fault);
    const outcome = await send(card, { idempotencyKey: 'key-2' });
    expect(outcome).toMatchObject({ kind: 'failed', cause });
    if (outcome.kind === 'failed') expect(outcome.uncertain ?? false).toBe(uncertain);
    for (const secret of far.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(far.seen()).toHaveLength(1);
  });

  it('ends when nobody wants the answer any more', async (context) => {
    if (far.misbehave === undefined) return context.skip('nothing can hang');
    far.misbehave('hang');
    const outcome = await send(card, { signal: AbortSignal.timeout(50) });
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(outcome, 'it waited for as long as it may').not.toMatchObject({ code: 'timeout' });
  });

  it('is refused for good with the wrong key, and says it without the key', async (context) => {
    if (far.wrong === undefined) return context.skip('nothing is signed');
    channel = await opened(far.wrong);
    const outcome = await send(card);
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'permanent' });
    for (const secret of [...far.secrets, ...Object.values(far.wrong.settings)])
      if (typeof secret === 'string') expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(far.seen()).toEqual([]);
  });
});
