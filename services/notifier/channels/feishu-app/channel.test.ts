import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message, MessageReason } from '#shared/model/index.ts';
import { hostileText, randomFrom } from '../../testing/hostile.ts';
import { sampleConclusion, sampleMessage } from '../../testing/sample.ts';
import type { Outgoing, SendOutcome } from '../channel.ts';
import { chat, Group, li, zhang } from './testing.ts';

let group: Group;

beforeEach(async () => {
  group = new Group();
  await group.feishu.up();
});
afterEach(() => group.feishu.down());

const card = (message: Message = sampleMessage()): Outgoing => ({ kind: 'card', message });

function idOf(outcome: SendOutcome): string {
  if (outcome.kind !== 'sent' || outcome.platformMessageId === undefined)
    throw new Error(`not sent: ${JSON.stringify(outcome)}`);
  return outcome.platformMessageId;
}

const again = (
  platformMessageId: string,
  reason: MessageReason,
  over: Parameters<typeof sampleMessage>[0] = {},
) => ({
  kind: 'card' as const,
  message: sampleMessage({ revision: 2, ...over }, reason),
  card: { platformMessageId, sentAt: 0 },
});

describe('an app bot', () => {
  it('sends a card with buttons that call back, which the group sees', async () => {
    const outcome = await group.send(group.channel(), card());
    const [seen] = group.seen;
    expect(outcome).toEqual({ kind: 'sent', code: '0', platformMessageId: seen?.messageId });
    expect(group.feishu.accepted).toMatchObject([
      { api: 'create', incidentId: '0-a1b2c3d4e5f60718-m3k9x2p0', revision: 1, seen: { color: 'red' } },
    ]);
    const clickables = group.feishu.platform.clickables(idOf(outcome));
    expect(clickables).toContainEqual(
      expect.objectContaining({
        action: expect.objectContaining({ value: { a: 'acknowledge', i: '0-a1b2c3d4e5f60718-m3k9x2p0' } }),
      }),
    );
    expect(clickables).toContainEqual(
      expect.objectContaining({ text: '张三', action: expect.objectContaining({ option: 'zhang' }) }),
    );
  });

  it('has links in place of buttons where the app takes no clicks', async () => {
    const outcome = await group.send(group.channel({ callbacks: 'none' }), card());
    expect(group.feishu.platform.clickables(idOf(outcome))).toEqual([]);
    expect(group.seen[0]?.content).toContain('https://logpatrol.example/a/');
  });

  it('writes to one person', async () => {
    const channel = group.channel({ person: li });
    const id = idOf(await group.send(channel, card()));
    expect(group.seen).toEqual([]);
    expect(group.feishu.platform.messages(li)).toMatchObject([{ messageId: id, type: 'interactive' }]);
    expect(await group.send(channel, again(id, 'concluded'))).toMatchObject({ kind: 'sent' });
    expect(group.feishu.platform.messages(li)[0]?.states).toHaveLength(2);
  });

  it('sends a digest', async () => {
    const entry = {
      messageId: 'm',
      incidentId: '0-1-2',
      severity: 'critical' as const,
      reason: 'opened' as const,
      state: 'open' as const,
      service: 'order-api',
      title: 'disk full',
      count: 3,
      otherCount: 0,
      firstSeen: '2026-11-21T01:00:00.000Z',
    };
    const digest = { id: 'digest-1', entries: [entry, { ...entry, incidentId: '0-1-3' }], waiting: 7 };
    expect(await group.send(group.channel(), { kind: 'digest', digest })).toMatchObject({ kind: 'sent' });
    expect(group.seen[0]?.content).toMatch(/0-1-2.*0-1-3/s);
  });

  it('updates a card in place, in order, and rings nobody by it', async () => {
    const channel = group.channel();
    const message = { ...sampleMessage(), mentions: [{ name: '张三', feishu: zhang }] };
    const id = idOf(await group.send(channel, card(message)));
    const reasons = ['joined', 'concluded', 'handled', 'affected', 'resolved'] as const;
    for (const [index, reason] of reasons.entries()) {
      const outgoing = again(id, reason, {
        revision: index + 2,
        ...(reason === 'concluded' ? { conclusion: sampleConclusion() } : {}),
        ...(reason === 'resolved' ? { state: 'resolved' as const } : {}),
      });
      expect(channel.calls?.(outgoing)).toBe(1);
      expect(await group.send(channel, outgoing)).toEqual({ kind: 'sent', code: '0', platformMessageId: id });
      // The platform bears five updates a second of one card.
      group.feishu.platform.advance(1000);
    }
    expect(group.seen).toHaveLength(1);
    const [seen] = group.seen;
    expect(seen?.rung).toEqual([zhang]);
    expect(seen?.states.map(({ text }) => /r(\d+)$/.exec(text)?.[1])).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(seen?.states.at(-1)?.color).toBe('green');
  });

  it.each(['reopened', 'escalated', 'unacknowledged'] as const)(
    'updates the card and rings by a reply: %s',
    async (reason) => {
      const channel = group.channel();
      const id = idOf(await group.send(channel, card()));
      const outgoing = again(id, reason);
      const message = { ...outgoing.message, mentions: [{ name: '张三', feishu: zhang }] };
      expect(channel.calls?.({ ...outgoing, message })).toBe(2);
      expect(await group.send(channel, { ...outgoing, message })).toMatchObject({ platformMessageId: id });
      expect(group.seen).toMatchObject([
        { messageId: id, states: [{}, {}], rung: [] },
        { parentId: id, rung: [zhang] },
      ]);
      expect(group.seen[1]?.states[0]?.text).toContain('无法连接数据库');
    },
  );

  it('rings with names alone where somebody is unknown to the app', async () => {
    const channel = group.channel();
    const id = idOf(await group.send(channel, card()));
    const outgoing = again(id, 'unacknowledged');
    const stranger = { name: '王五', feishu: 'ou_aaaaaaaaaaaaaaaa' };
    group.feishu.platform.advance(1000);
    const refused = await group.send(channel, {
      ...outgoing,
      message: { ...outgoing.message, mentions: [stranger] },
    });
    // The card itself calls the stranger too, and is refused for it: deliver sends it again, plain.
    expect(refused).toMatchObject({
      cause: 'permanent',
      isCardRefused: true,
      error: expect.stringContaining('feishu of people'),
    });
    const plain = await group.send(
      channel,
      { ...outgoing, message: { ...outgoing.message, mentions: [stranger] } },
      { plain: true },
    );
    expect(plain).toMatchObject({ kind: 'sent' });
    expect(group.seen[1]).toMatchObject({ parentId: id, rung: [] });
    expect(group.seen[1]?.states[0]?.text).toContain('王五');
  });

  it('waits a second where somebody clicks on the card', async () => {
    const channel = group.channel();
    const id = idOf(await group.send(channel, card()));
    const message = group.feishu.platform.tenant.message(id);
    if (message === undefined) throw new Error('not there');
    message.isLocked = true;
    expect(await group.send(channel, again(id, 'handled'))).toMatchObject({
      code: '230099',
      cause: 'retryable',
      retryAfterMs: 1000,
    });
    message.isLocked = false;
    expect(await group.send(channel, again(id, 'handled'))).toMatchObject({ kind: 'sent' });
  });

  it('says that the card is gone where it can be updated no more', async () => {
    const channel = group.channel();
    const [recalled, deleted, old] = [
      idOf(await group.send(channel, card())),
      idOf(await group.send(channel, card())),
      idOf(await group.send(channel, card())),
    ];
    group.feishu.platform.withdraw(recalled, 'recalled');
    group.feishu.platform.withdraw(deleted, 'deleted');
    expect(await group.send(channel, again(recalled, 'resolved'))).toMatchObject({
      code: '230011',
      isCardGone: true,
    });
    expect(await group.send(channel, again(deleted, 'resolved'))).toMatchObject({
      code: '230110',
      isCardGone: true,
    });
    group.feishu.platform.advance(15 * 24 * 3_600_000);
    expect(await group.send(channel, again(old, 'resolved'))).toMatchObject({
      code: '230031',
      isCardGone: true,
    });
    expect(await group.send(channel, again('om_of_another', 'resolved'))).toMatchObject({ isCardGone: true });
  });

  it('keeps the whole request within 30 KB, whatever the finding', async () => {
    group.feishu.platform.limited = false;
    const channel = group.channel();
    const random = randomFrom(7);
    for (let index = 0; index < 25; index++) {
      const text = index === 0 ? '"\\"\n'.repeat(4000) : hostileText(random).repeat(30);
      const exemplar = { id: 'e', timestamp: '2026-11-21T01:00:00.000Z', host: text, text, before: [text] };
      const message = sampleMessage({ title: text, service: text, exemplars: [exemplar] });
      expect(await group.send(channel, card(message))).toMatchObject({ kind: 'sent' });
    }
    expect(Math.max(...group.feishu.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(30_000);
    expect(group.seen.flatMap(({ rung }) => rung)).toEqual([]);
  });

  it.each([
    [{ chat: 'oc_another' }, { code: '230034', cause: 'permanent' }],
    [{ person: 'ou_unknown0000000' }, { code: '230034', cause: 'permanent' }],
    [{ appSecret: 'another secret' }, { code: '10014', cause: 'permanent', uncertain: false }],
  ] as const)('says what is wrong in the configuration: %j', async (over, expected) => {
    expect(await group.send(group.channel(over), card())).toMatchObject({ kind: 'failed', ...expected });
    expect(JSON.stringify(await group.send(group.channel(over), card()))).not.toMatch(
      /an app secret|another secret/,
    );
  });

  it('says that the bot is not in the group, or may not write', async () => {
    group.feishu.platform.addChat({ id: chat, apps: [], people: [zhang] });
    expect(await group.send(group.channel(), card())).toMatchObject({ code: '230002', cause: 'permanent' });
    group.feishu.platform.addApp({ ...group.app, withheld: ['im:message:send_as_bot'] });
    expect(await group.send(group.channel(), card())).toMatchObject({
      code: '99991672',
      error: expect.stringContaining('im:message:send_as_bot'),
    });
  });

  it('is throttled beyond five in a second to one group', async () => {
    const channel = group.channel();
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => group.send(channel, card())));
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(5);
    expect(outcomes.filter(({ kind }) => kind === 'failed')).toMatchObject([
      { code: '230020', cause: 'retryable', retryAfterMs: 1000 },
      { code: '230020', cause: 'retryable', retryAfterMs: 1000 },
    ]);
  });

  it.each([
    [
      { kind: 'status', status: 429, resetSeconds: 3 },
      { code: 'http-429', cause: 'retryable', retryAfterMs: 3000 },
    ],
    [
      { kind: 'code', code: 99991400, resetSeconds: 7 },
      { code: '99991400', cause: 'retryable', retryAfterMs: 7000 },
    ],
    [
      { kind: 'code', code: 99991400 },
      { code: '99991400', cause: 'retryable', retryAfterMs: 1000 },
    ],
    [
      { kind: 'status', status: 502 },
      { code: 'http-502', cause: 'retryable', uncertain: true },
    ],
    [
      { kind: 'code', code: 230049 },
      { code: '230049', cause: 'retryable', uncertain: true },
    ],
    [{ kind: 'garbage' }, { code: 'http-200', cause: 'unknown', uncertain: true }],
    [{ kind: 'empty' }, { code: 'http-200', cause: 'unknown', uncertain: true }],
    [{ kind: 'reset' }, { cause: 'retryable', uncertain: true }],
  ] as const)('sorts the failure %j', async (fault, expected) => {
    group.feishu.faults.next(fault, 1, 'create');
    expect(await group.send(group.channel(), card())).toMatchObject({ kind: 'failed', ...expected });
    expect(await group.send(group.channel(), card())).toMatchObject({ kind: 'sent' });
  });

  it('gives up a call, or a token, that is never answered', async () => {
    const channel = group.channel({ timeoutSeconds: 1 });
    group.feishu.faults.next({ kind: 'hang' }, 1, 'token');
    expect(await group.send(channel, card())).toMatchObject({ code: 'timeout', uncertain: false });
    group.feishu.faults.next({ kind: 'hang' }, 1, 'create');
    expect(await group.send(channel, card())).toMatchObject({ code: 'timeout', uncertain: true });
  });

  it.each(['token', 'create'] as const)('ends when nobody wants the answer any more: %s', async (api) => {
    group.feishu.faults.next({ kind: 'hang' }, 1, api);
    const stop = new AbortController();
    const outcome = group.send(group.channel(), card(), { signal: stop.signal });
    stop.abort();
    expect(await outcome).toMatchObject({ kind: 'failed', cause: 'retryable' });
  });
});
