import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleMessage } from '../../testing/sample.ts';
import type { Outgoing } from '../channel.ts';
import { chat, Group, li, minute } from './testing.ts';

let group: Group;

beforeEach(async () => {
  group = new Group();
  await group.feishu.up();
});
afterEach(() => group.feishu.down());

const first: Outgoing = { kind: 'card', message: sampleMessage() };
const lost = { kind: 'lost-answer' } as const;

/** Sends with the answer lost, and once more so much later, as deliver does. */
async function twice(laterMs: number, outgoing: Outgoing = first, channel = group.channel()) {
  const idempotencyKey = 'the same for both';
  const uncertainSince = group.feishu.platform.now();
  group.feishu.faults.next(lost, 1, outgoing.kind === 'card' && outgoing.card ? 'reply' : 'create');
  const before = await group.send(channel, outgoing, { idempotencyKey });
  expect(before).toMatchObject({ kind: 'failed', cause: 'retryable', uncertain: true });
  group.feishu.platform.advance(laterMs);
  return group.send(channel, outgoing, { idempotencyKey, uncertainSince });
}

describe('a card whose answer was lost', () => {
  it('is not doubled within the hour: the platform knows its uuid', async () => {
    const outcome = await twice(30 * minute);
    expect(group.seen).toHaveLength(1);
    expect(outcome).toEqual({ kind: 'sent', code: '0', platformMessageId: group.seen[0]?.messageId });
    expect(group.calls.history).toBeUndefined();
  });

  it('is looked for where the platform has a word of its own for a uuid that it has seen', async () => {
    const channel = group.channel();
    const context = { idempotencyKey: 'k', uncertainSince: group.feishu.platform.now() };
    group.feishu.faults.next({ kind: 'code', code: 231999, msg: 'uuid was used' }, 1, 'create');
    expect(await group.send(channel, first, context)).toMatchObject({ code: '231999', cause: 'unknown' });
    await group.send(channel, first);
    group.feishu.faults.next({ kind: 'code', code: 231999, msg: 'uuid was used' }, 1, 'create');
    expect(await group.send(channel, first, context)).toMatchObject({
      kind: 'sent',
      platformMessageId: group.seen[0]?.messageId,
    });
  });

  it('is looked for in the chat later, and found', async () => {
    for (let index = 0; index < 45; index++) {
      await group.send(group.channel(), { kind: 'card', message: sampleMessage({ revision: index + 10 }) });
      group.feishu.platform.advance(1000);
    }
    const outcome = await twice(3 * 60 * minute);
    expect(group.seen).toHaveLength(46);
    expect(outcome).toMatchObject({ kind: 'sent', platformMessageId: group.seen[45]?.messageId });
  });

  it('is sent where the chat does not have it, or another has withdrawn it', async () => {
    const idempotencyKey = 'k';
    const uncertainSince = group.feishu.platform.now();
    group.feishu.platform.advance(2 * 60 * minute);
    // `r1` is asked for: `r12` is another.
    await group.send(group.channel(), { kind: 'card', message: sampleMessage({ revision: 12 }) });
    const outcome = await group.send(group.channel(), first, { idempotencyKey, uncertainSince });
    expect(outcome).toMatchObject({ kind: 'sent', platformMessageId: group.seen[1]?.messageId });
  });

  it('waits while the chat cannot be asked', async () => {
    const uncertainSince = group.feishu.platform.now() - 2 * 60 * minute;
    group.feishu.faults.next({ kind: 'status', status: 503 }, 1, 'history');
    expect(await group.send(group.channel(), first, { uncertainSince })).toMatchObject({
      kind: 'failed',
      cause: 'retryable',
      uncertain: true,
    });
    expect(group.seen).toEqual([]);
  });

  it('is rather doubled than lost where the app may not read the group', async () => {
    group.feishu.platform.addApp({ ...group.app, withheld: ['im:message.group_msg'] });
    expect(await twice(2 * 60 * minute)).toMatchObject({ kind: 'sent' });
    expect(group.seen).toHaveLength(2);
  });

  it('is found in the chat with a person, once that is known', async () => {
    const channel = group.channel({ person: li });
    await group.send(channel, { kind: 'card', message: sampleMessage({ revision: 7 }) });
    expect(await twice(2 * 60 * minute, first, channel)).toMatchObject({ kind: 'sent' });
    expect(group.feishu.platform.messages(li)).toHaveLength(2);
  });
});

describe('an update whose answer was lost', () => {
  const update = (platformMessageId: string): Outgoing => ({
    kind: 'card',
    message: sampleMessage({ revision: 2 }, 'unacknowledged'),
    card: { platformMessageId, sentAt: 0 },
  });

  it('can be made again', async () => {
    const channel = group.channel();
    await group.send(channel, first);
    const id = group.seen[0]?.messageId ?? '';
    group.feishu.faults.next(lost, 1, 'update');
    expect(await group.send(channel, update(id))).toMatchObject({ kind: 'failed', uncertain: false });
    expect(await group.send(channel, update(id))).toMatchObject({ kind: 'sent' });
    expect(group.seen).toHaveLength(2);
  });

  it.each([
    ['within the hour', 30 * minute],
    ['later', 2 * 60 * minute],
  ])('rings once, though the answer to its reply was lost: %s', async (_, laterMs) => {
    const channel = group.channel();
    await group.send(channel, first);
    const id = group.seen[0]?.messageId ?? '';
    group.feishu.platform.advance(1000);
    expect(await twice(laterMs, update(id), channel)).toMatchObject({ kind: 'sent', platformMessageId: id });
    expect(group.seen.filter(({ parentId }) => parentId === id)).toHaveLength(1);
  });
});

describe('the chat that is asked', () => {
  it('is asked in the form in which it tells what was sent', async () => {
    await group.send(group.channel(), first);
    const token = group.feishu.platform.tokens.issue(group.app.appId, group.feishu.platform.now()).value;
    const list = async (more: string) => {
      const response = await fetch(
        `${group.feishu.baseUrl}/open-apis/im/v1/messages?container_id_type=chat&container_id=${chat}${more}`,
        { headers: { authorization: `Bearer ${token}` } },
      );
      return response.text();
    };
    // So it is on the platform, and so a card would never be found.
    expect(await list('')).not.toContain(sampleMessage().finding.id);
    expect(await list('&card_msg_content_type=user_card_content')).toContain(sampleMessage().finding.id);
  });
});
