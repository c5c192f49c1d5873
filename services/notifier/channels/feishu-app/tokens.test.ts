import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleMessage } from '../../testing/sample.ts';
import { Group, minute } from './testing.ts';
import { TenantTokens } from './tokens.ts';

let group: Group;

beforeEach(async () => {
  group = new Group();
  group.feishu.platform.limited = false;
  await group.feishu.up();
});
afterEach(() => group.feishu.down());

const outgoing = { kind: 'card' as const, message: sampleMessage() };
const tokens = () => new TenantTokens({ ...group.app, baseUrl: group.feishu.baseUrl });
const now = () => group.feishu.platform.now();

describe('the token of an app', () => {
  it('is asked for once by many calls of many channels, and kept', async () => {
    const channels = [group.channel(), group.channel()];
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, index) => group.send(channels[index % 2] ?? group.channel(), outgoing)),
    );
    expect(sent.every(({ kind }) => kind === 'sent')).toBe(true);
    expect(group.calls.token).toBe(1);
  });

  it('is renewed before its end', async () => {
    const channel = group.channel();
    await group.send(channel, outgoing);
    group.feishu.platform.advance(99 * minute);
    await group.send(channel, outgoing);
    expect(group.calls.token).toBe(1);
    group.feishu.platform.advance(2 * minute);
    await group.send(channel, outgoing);
    expect(group.calls.token).toBe(2);
    expect(group.feishu.requests.map(({ code }) => code)).not.toContain(99991663);
  });

  it('is used to its end where it cannot be renewed', async () => {
    const channel = group.channel();
    await group.send(channel, outgoing);
    group.feishu.platform.advance(110 * minute);
    group.feishu.faults.always({ kind: 'status', status: 503 }, 'token');
    expect(await group.send(channel, outgoing)).toMatchObject({ kind: 'sent' });
    group.feishu.platform.advance(11 * minute);
    expect(await group.send(channel, outgoing)).toMatchObject({
      code: 'http-503',
      cause: 'retryable',
      uncertain: false,
    });
  });

  it('is asked for anew once where the platform does not take it, and the card goes', async () => {
    const channel = group.channel();
    await group.send(channel, outgoing);
    group.feishu.platform.tokens.revoke();
    expect(await group.send(channel, outgoing)).toMatchObject({ kind: 'sent' });
    expect(group.calls).toEqual({ token: 2, create: 3 });
    group.feishu.faults.next({ kind: 'code', code: 99991663 }, 2, 'create');
    expect(await group.send(channel, outgoing)).toMatchObject({ code: '99991663', cause: 'unknown' });
    expect(group.seen).toHaveLength(2);
  });

  it('of two processes that renew does not disturb the other', async () => {
    const [one, other] = [tokens(), tokens()];
    const first = await one.get(now(), 1000);
    expect(await other.get(now(), 1000)).toEqual(first);
    group.feishu.platform.advance(101 * minute);
    const renewed = await one.get(now(), 1000);
    expect(renewed).not.toEqual(first);
    expect(
      group.feishu.platform.tokens.appOf(first.kind === 'token' ? first.value : '', now()),
    ).toBeDefined();
    expect(await other.get(now(), 1000)).toEqual(renewed);
  });

  it('that was renewed meanwhile is not forgotten for an old one', async () => {
    const one = tokens();
    const first = await one.get(now(), 1000);
    one.forget('t-of-before');
    await one.get(now(), 1000);
    expect(group.calls.token).toBe(1);
    one.forget(first.kind === 'token' ? first.value : '');
    await one.get(now(), 1000);
    expect(group.calls.token).toBe(2);
  });

  it('stands in no error, nor does the secret, whatever the far side repeats of a request', async () => {
    const given = await tokens().get(now(), 1000);
    const token = given.kind === 'token' ? given.value : '';
    const msg = `no such thing for ${token} of ${group.app.appSecret}`;
    for (const code of [1, 99991663]) {
      group.feishu.faults.next({ kind: 'code', code, msg }, 2, 'create');
      expect(await group.send(group.channel(), outgoing)).toMatchObject({
        code: String(code),
        error: expect.stringMatching(/no such thing for \*{8} of \*{8}/),
      });
      group.feishu.faults.always(undefined);
    }
    group.feishu.faults.next({ kind: 'code', code: 10014, msg }, 1, 'token');
    expect(await tokens().get(now(), 1000)).toMatchObject({
      error: expect.stringMatching(/no such thing for \*{8} of \*{8}/),
    });
  });
});
