import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { openGateway, type TestGateway } from '../testing/open-gateway.ts';

const key = 'kudryavka';
const config = {
  language: 'en',
  feishuApps: {
    main: {
      appId: 'cli_00000000000000a1',
      appSecret: 's',
      callbacks: 'http',
      encryptKey: key,
      verificationToken: 'v-1',
    },
    silent: { appId: 'cli_00000000000000a2', appSecret: 's', callbacks: 'none', encryptKey: key },
  },
  channels: { ops: { type: 'feishu-app', chat: 'oc_1' } },
  people: {
    wang: { name: '王芳', feishu: 'ou_wang' },
    li: { name: '李雷', feishu: 'ou_li', role: 'viewer' },
  },
  interaction: { defaultRole: 'viewer' },
};
const finding = sampleFinding();

let gateway: TestGateway;
let now = Date.parse('2026-11-21T08:00:00.000Z');
beforeEach(async () => {
  now = Date.parse('2026-11-21T08:00:00.000Z');
  gateway = await openGateway(config, () => now);
  await gateway.save(finding);
});
afterEach(() => gateway.close());

interface ClickOptions {
  readonly action?: unknown;
  readonly incident?: unknown;
  readonly openId?: string;
  readonly option?: string;
  readonly eventId?: string;
  readonly token?: string;
  readonly appId?: string;
}

function click({ action = 'acknowledge', incident = finding.id, ...rest }: ClickOptions = {}) {
  return {
    schema: '2.0',
    header: {
      event_id: rest.eventId ?? 'e-1',
      token: rest.token ?? 'v-1',
      create_time: '1763712000000000',
      event_type: 'card.action.trigger',
      tenant_key: 't',
      app_id: rest.appId ?? 'cli_00000000000000a1',
    },
    event: {
      operator: { tenant_key: 't', open_id: rest.openId ?? 'ou_wang', union_id: 'on_1' },
      token: 'c-1',
      action: {
        value: { a: action, i: incident },
        tag: 'button',
        ...(rest.option !== undefined && { option: rest.option }),
      },
      host: 'im_message',
      context: { open_message_id: 'om_1', open_chat_id: 'oc_1' },
    },
  };
}

/** As the platform encrypts it, with padding of PKCS#7. */
function encrypted(value: unknown, withKey = key): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(withKey).digest(), iv);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify({
    encrypt: Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64'),
  });
}

function signed(body: string | Buffer, { at = now, withKey = key } = {}): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHash('sha256').update(`${timestamp}n-1${withKey}`).update(body).digest('hex');
  return {
    'content-type': 'application/json; charset=utf-8',
    'x-lark-request-timestamp': timestamp,
    'x-lark-request-nonce': 'n-1',
    'x-lark-signature': signature,
  };
}

const path = '/feishu/main/events';
async function send(value: unknown) {
  const body = encrypted(value);
  const answer = await gateway.ask('POST', path, { body, headers: signed(body) });
  return { status: answer.status, json: JSON.parse(answer.text) };
}

describe('a click', () => {
  it('is done, audited with who, where and how, and answered with a toast in both languages', async () => {
    expect(await send(click())).toEqual({
      status: 200,
      json: {
        toast: {
          type: 'success',
          content: 'It is yours now; the card will say so',
          i18n: { zh_cn: '已由你处理，卡片随后更新', en_us: 'It is yours now; the card will say so' },
        },
      },
    });
    const by = { id: 'wang', name: '王芳' };
    expect(await gateway.signals()).toMatchObject([{ action: 'acknowledge', incidentId: finding.id, by }]);
    expect(await gateway.audit()).toEqual([
      {
        id: expect.any(String),
        at: new Date(now).toISOString(),
        ...{ by, via: 'card', action: 'acknowledge', outcome: 'done', incidentId: finding.id },
        ...{ channel: 'ops', address: '127.0.0.1' },
      },
    ]);
    expect(await gateway.registry.metrics()).toContain(
      'logpatrol_actions_total{via="card",action="acknowledge",outcome="done"} 1',
    );
  });

  it('comes in the shape without a header too, and with its value as text', async () => {
    const { event, header } = click();
    const flat = { ...event, action: { ...event.action, value: JSON.stringify(event.action.value) } };
    expect((await send(flat)).json.toast.type).toBe('success');
    const { token: _token, ...rest } = header;
    expect((await send({ ...rest, ...click({ action: 'resolve' }).event })).json.toast.type).toBe('success');
    expect((await gateway.signals()).map(({ action }) => action)).toEqual(['acknowledge', 'resolve']);
  });

  it('hands over to who was chosen, who must be known', async () => {
    const over = { action: 'hand-over', option: 'li' };
    expect((await send(click(over))).json.toast.content).toBe('Handed over to 李雷');
    const stranger = await send(click({ ...over, eventId: 'e-2', option: 'ou_mallory' }));
    expect(stranger.json.toast.type).toBe('warning');
    expect((await gateway.signals()).map(({ to }) => to)).toEqual([{ id: 'li', name: '李雷' }]);
  });

  it('that comes again is done once, and answered the same', async () => {
    const both = await Promise.all([send(click()), send(click())]);
    expect(both[0]).toEqual(both[1]);
    expect(await send(click())).toEqual(both[0]);
    expect(await gateway.signals()).toHaveLength(1);
    expect(await gateway.audit()).toHaveLength(1);
  });

  it.each<[string, ClickOptions, string]>([
    ['of somebody who may not', { openId: 'ou_li' }, 'Your role does not allow that'],
    ['of a stranger', { openId: 'ou_7d8a6e6df7621556ce0d21922b676706' }, 'Your role does not allow that'],
    ['on an incident that is not there', { incident: '0-ffff-1' }, 'There is no such incident'],
    ['on an incident of a path', { incident: '../../api/controls' }, 'There is no such incident'],
    ['on a button that is none of ours', { action: 'rm -rf' }, 'This button is not known'],
    ['on an incident that is no text', { incident: { $ne: 1 } }, 'This button is not known'],
  ])('%s is refused with a toast', async (_name, over, content) => {
    const { status, json } = await send(click(over));
    expect(status).toBe(200);
    expect(json.toast).toMatchObject({ type: 'warning', content: expect.stringContaining(content) });
    expect(await gateway.signals()).toEqual([]);
  });

  it('of a stranger is audited by a short form of their id', async () => {
    await send(click({ openId: 'ou_7d8a6e6df7621556ce0d21922b676706' }));
    expect(await gateway.audit()).toMatchObject([
      { outcome: 'refused', by: { id: 'ou_7d8a6e6df7621556ce0d21922b676706', name: 'ou_7d8a6e6…' } },
    ]);
  });
});

describe('a bus that is away', () => {
  it('keeps nobody waiting: it is said that it is being done, and it is done', async () => {
    const gate = gateway.hold();
    const begun = performance.now();
    const { json } = await send(click());
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(json.toast).toMatchObject({ type: 'info', content: expect.stringContaining('being done') });
    expect(await gateway.signals()).toEqual([]);
    gate.release();
    await vi.waitFor(async () => expect(await gateway.signals()).toHaveLength(1), { timeout: 10_000 });
    expect(await gateway.audit()).toMatchObject([{ outcome: 'done', at: new Date(now).toISOString() }]);
  });

  it('is tried until it is back', async () => {
    gateway.refuse(new LogpatrolError('unreachable', 'the bus does not answer'));
    expect((await send(click())).json.toast.type).toBe('info');
    gateway.refuse(undefined);
    await vi.waitFor(async () => expect(await gateway.signals()).toHaveLength(1), { timeout: 10_000 });
    expect(gateway.logged()).toContain('acknowledge by 王芳 waits: the bus does not answer');
  }, 20_000);

  it('is not hidden where it cannot be done: who clicked and the log are told', async () => {
    gateway.refuse(new LogpatrolError('fenced', 'another has taken over'));
    expect((await send(click())).json.toast).toMatchObject({ type: 'error' });
    expect(gateway.logged()).toMatch(/acknowledge by 王芳 on \S+ was NOT done: another has taken over/);
    gateway.refuse(undefined);
    expect((await send(click())).json.toast).toMatchObject({ type: 'success' });
  });

  it('is not waited for by more clicks than fit: who clicks then is told so, and the log too', async () => {
    const gate = gateway.hold();
    const clicks = Array.from({ length: 505 }, (_, index) => send(click({ eventId: `e-${index}` })));
    const toasts = (await Promise.all(clicks)).map(({ json }) => json.toast.type);
    expect(toasts.filter((type) => type === 'error')).toHaveLength(5);
    expect(gateway.logged().split('was NOT done: 500 actions wait for the bus already')).toHaveLength(6);
    gate.release();
    await vi.waitFor(async () => expect(await gateway.signals()).toHaveLength(500), { timeout: 20_000 });
  }, 60_000);

  it('does not let a click be lost in silence at a stop', async () => {
    gateway.hold();
    await send(click());
    await gateway.door.stop();
    expect(gateway.logged()).toMatch(/was NOT done: logpatrol was stopped before the bus took it/);
  }, 20_000);
});

describe('the check of the address', () => {
  const check = { type: 'url_verification', challenge: 'c-42', token: 'v-1' };
  const headers = { 'content-type': 'application/json' };

  it('is answered with its challenge, which only who has the key can ask for', async () => {
    const answer = await gateway.ask('POST', path, { body: encrypted(check), headers });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { challenge: 'c-42' }]);
  });

  it.each<[string, string]>([
    ['in the open', JSON.stringify(check)],
    ['of another key', encrypted(check, 'another')],
    ['with another token', encrypted({ ...check, token: 'v-2' })],
    ['without a token', encrypted({ type: check.type, challenge: 'c-42' })],
  ])('%s is refused', async (_name, body) => {
    const answer = await gateway.ask('POST', path, { body, headers });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('c-42');
  });
});

describe('what is not from the platform', () => {
  const refused = async (body: string | Buffer, headers: Record<string, string>, to = path) => {
    const answer = await gateway.ask('POST', to, { body, headers });
    expect(await gateway.signals()).toEqual([]);
    return answer.status;
  };
  const json = { 'content-type': 'application/json' };

  it('is refused where it is not signed, old, of tomorrow, or signed for something else', async () => {
    const body = encrypted(click());
    expect(await refused(body, json)).toBe(401);
    expect(await refused(body, signed(body, { at: now - 301_000 }))).toBe(401);
    expect(await refused(body, signed(body, { at: now + 301_000 }))).toBe(401);
    expect(await refused(body, signed(body, { withKey: 'another' }))).toBe(401);
    expect(await refused(body, signed(`${body} `))).toBe(401);
    expect(await refused(`${body} `, signed(body))).toBe(401);
    for (const wrong of ['', 'zz', '0'.repeat(64), 'a'.repeat(63)])
      expect(await refused(body, { ...signed(body), 'x-lark-signature': wrong })).toBe(401);
    for (const wrong of ['', '-1', '1e9', 'NaN', '1763712000.5', '9'.repeat(10)])
      expect(await refused(body, { ...signed(body), 'x-lark-request-timestamp': wrong })).toBe(401);
    const { 'x-lark-signature': _gone, ...half } = signed(body);
    expect(await refused(body, half)).toBe(401);
  });

  it('is refused where it is signed and not what it should be', async () => {
    for (const body of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"encrypt":""}',
      '{"encrypt":"AAAA"}',
      '{"encrypt":{"a":1}}',
      JSON.stringify(click()),
      encrypted(click(), 'another'),
      encrypted('{"half":'),
      encrypted(click()).slice(0, -40),
      '['.repeat(30_000),
      `{"encrypt":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    ])
      expect(await refused(body, signed(body)), body.slice(0, 40)).toBe(401);
  });

  it('is refused where it is of another app, or has another token', async () => {
    for (const over of [{ appId: 'cli_00000000000000a2' }, { token: 'v-2' }]) {
      const body = encrypted(click(over));
      expect(await refused(body, signed(body))).toBe(401);
    }
  });

  it('is bounded in size, and is JSON', async () => {
    const huge = encrypted({ ...click(), more: 'x'.repeat(70_000) });
    expect(await refused(huge, signed(huge))).toBe(413);
    const body = encrypted(click());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(await refused(body, { ...signed(body), 'content-type': type })).toBe(415);
  });

  it('is nothing for apps that are not there, or have no such callbacks', async () => {
    const body = encrypted(click());
    for (const app of ['silent', 'nobody', '__proto__', 'constructor'])
      expect(await refused(body, signed(body), `/feishu/${app}/events`)).toBe(404);
    expect((await gateway.ask('GET', path)).status).toBe(404);
  });

  it('does nothing where it nests deep, or is another event', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 2_000; level++) deep = [deep];
    const value = click();
    const nested = { ...value, event: { ...value.event, action: { value: deep } } };
    expect((await send(nested)).json.toast.type).toBe('warning');
    const other = { ...value, header: { ...value.header, event_type: 'im.message.receive_v1' } };
    expect(await send(other)).toEqual({ status: 200, json: {} });
    expect(await send([])).toEqual({ status: 200, json: {} });
    expect(await gateway.signals()).toEqual([]);
  });

  it('leaves no secret in the log', async () => {
    await refused(encrypted(click()), json);
    expect(gateway.logged()).toContain('a callback was refused');
    expect(gateway.logged()).not.toContain(key);
  });
});
