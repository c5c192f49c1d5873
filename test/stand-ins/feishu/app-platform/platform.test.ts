import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeishuStandIn } from '../index.ts';

const appId = 'cli_a1b2c3d4e5f60718';
const chat = 'oc_a0553eda9014c201e6969b478895c230';
const zhang = 'ou_0123456789abcdef';
const hour = 3_600_000;
let feishu: FeishuStandIn;

beforeEach(async () => {
  feishu = new FeishuStandIn();
  feishu.platform.addApp({ appId, appSecret: 'right' }).addChat({ id: chat, apps: [appId], people: [zhang] });
  await feishu.up();
});
afterEach(() => feishu.down());

const cardOf = (content: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    schema: '2.0',
    config: { update_multi: true },
    body: { elements: [{ tag: 'markdown', content }] },
    ...more,
  });

interface Said {
  readonly status: number;
  readonly code: number;
  readonly id: string | undefined;
  readonly msg: string;
  readonly reset: string | null;
}

async function call(method: string, path: string, body?: unknown, token = tokenOf()): Promise<Said> {
  const response = await fetch(`${feishu.baseUrl}/open-apis/im/v1/messages${path}`, {
    method,
    headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: { code: number; msg: string; data?: { message_id?: string } } = JSON.parse(
    await response.text(),
  );
  const reset = response.headers.get('x-ogw-ratelimit-reset');
  return { status: response.status, code: said.code, id: said.data?.message_id, msg: said.msg, reset };
}

const tokenOf = () => feishu.platform.tokens.issue(appId, feishu.platform.now()).value;
const create = (content = cardOf('x'), more: Record<string, unknown> = {}, idType = 'chat_id') =>
  call('POST', `?receive_id_type=${idType}`, { receive_id: chat, msg_type: 'interactive', content, ...more });

async function created(content?: string): Promise<string> {
  const { id } = await create(content);
  if (id === undefined) throw new Error('not created');
  return id;
}

describe('tokens', () => {
  const ask = async (app_secret: string) => {
    const response = await fetch(`${feishu.baseUrl}/open-apis/auth/v3/tenant_access_token/internal`, {
      method: 'POST',
      body: JSON.stringify({ app_id: appId, app_secret }),
    });
    const said: { code: number; tenant_access_token: string; expire: number } = JSON.parse(
      await response.text(),
    );
    return { ...said, status: response.status };
  };

  it('are the same while more than half an hour is left, then a second one holds beside the first', async () => {
    const first = await ask('right');
    feishu.platform.advance(1.4 * hour);
    expect((await ask('right')).tenant_access_token).toBe(first.tenant_access_token);
    feishu.platform.advance(0.2 * hour);
    const second = await ask('right');
    expect(second.tenant_access_token).not.toBe(first.tenant_access_token);
    expect((await call('GET', '', undefined, first.tenant_access_token)).code).toBe(230001);
    feishu.platform.advance(0.5 * hour);
    expect(await call('GET', '', undefined, first.tenant_access_token)).toMatchObject({
      status: 400,
      code: 99991663,
    });
    expect((await call('GET', '', undefined, second.tenant_access_token)).code).toBe(230001);
  });

  it('are not given for a wrong secret, and are wanted', async () => {
    expect(await ask('wrong')).toMatchObject({ status: 200, code: 10014 });
    expect((await call('GET', '', undefined, '')).code).toBe(99991661);
  });
});

describe('messages', () => {
  it('are refused for what is wrong with them', async () => {
    expect(await create(cardOf('x'), { receive_id: 'oc_other' })).toMatchObject({
      status: 400,
      code: 230034,
    });
    expect((await create(cardOf('x'), {}, 'open_id')).code).toBe(230034);
    expect((await create(cardOf('x'), {}, 'carrier_pigeon')).code).toBe(99992402);
    expect((await create('{}', { msg_type: 'image' })).code).toBe(230001);
    feishu.platform.limited = false;
    expect((await create(cardOf('x'), { uuid: 'u'.repeat(51) })).code).toBe(230001);
    expect((await create(cardOf('x'.repeat(30 * 1024)))).code).toBe(230025);
    expect(await create(cardOf('x', { colour: 1 }))).toMatchObject({
      code: 230099,
      msg: expect.stringMatching(/ErrCode: 200621; ErrMsg: .*unknown property, property: colour/),
    });
    expect(await create(cardOf('<at id=ou_ffffffffffffffff></at>'))).toMatchObject({
      code: 230099,
      msg: expect.stringContaining('ErrCode: 100290'),
    });
    feishu.platform.addChat({ id: chat, apps: [], people: [zhang] });
    expect((await create()).code).toBe(230002);
    expect(feishu.platform.messages()).toEqual([]);
  });

  it('come once for a uuid within an hour', async () => {
    const first = await create(cardOf('x'), { uuid: 'u' });
    feishu.platform.advance(hour - 60_000);
    expect(await create(cardOf('other'), { uuid: 'u' })).toEqual(first);
    feishu.platform.advance(60_000);
    expect((await create(cardOf('x'), { uuid: 'u' })).id).not.toBe(first.id);
    expect(feishu.platform.messages(chat)).toHaveLength(2);
  });

  it('ring those they mention when they come, and nobody when they are updated', async () => {
    const id = await created();
    const calls = cardOf(`<at id=${zhang}></at> look`);
    expect((await call('PATCH', `/${id}`, { content: calls })).code).toBe(0);
    await call('POST', `/${id}/reply`, { msg_type: 'interactive', content: calls });
    await call('POST', `/${id}/reply`, {
      msg_type: 'text',
      content: '{"text":"<at user_id=\\"all\\"></at> hi"}',
    });
    expect(feishu.platform.messages(chat)).toMatchObject([
      { rung: [], states: [{ text: 'x' }, { text: 'look' }] },
      { rung: [zhang], parentId: id },
      { rung: [zhang], type: 'text' },
    ]);
  });

  it('are updated only as shared cards, while they are there, for 14 days', async () => {
    const shared = await created();
    const own = await created(cardOf('x', { config: {} }));
    const patch = (id: string, content = cardOf('y')) => call('PATCH', `/${id}`, { content });
    expect((await patch(own)).code).toBe(230001);
    expect((await patch(shared, cardOf('y', { config: {} }))).code).toBe(230001);
    expect((await patch('om_none')).code).toBe(230001);
    feishu.platform.advance(14 * 24 * hour + 1);
    expect((await patch(shared)).code).toBe(230031);
    feishu.platform.withdraw(shared, 'deleted');
    expect((await patch(shared)).code).toBe(230110);
    feishu.platform.withdraw(shared, 'recalled');
    expect((await patch(shared)).code).toBe(230011);
    expect(
      (await call('POST', `/${shared}/reply`, { msg_type: 'interactive', content: cardOf('y') })).code,
    ).toBe(230011);
  });

  it('are limited for a chat, a card, and an app', async () => {
    const codes = async (times: number, one: () => Promise<Said>) => {
      const said = await Promise.all(Array.from({ length: times }, one));
      return said.map(({ code }) => code).filter((code) => code !== 0);
    };
    expect(await codes(7, () => create())).toEqual([230020, 230020]);
    feishu.platform.advance(1000);
    const id = await created();
    expect(await codes(6, () => call('PATCH', `/${id}`, { content: cardOf('y') }))).toEqual([230020]);
    feishu.platform.advance(60_000);
    const list = `?container_id_type=chat&container_id=${chat}`;
    expect(await codes(51, () => call('GET', list))).toEqual([99991400]);
    for (let second = 1; second < 20; second++) {
      feishu.platform.advance(1001);
      expect(await codes(50, () => call('GET', list))).toEqual([]);
    }
    feishu.platform.advance(1001);
    expect(await call('GET', list)).toMatchObject({
      status: 429,
      code: 99991400,
      reset: expect.stringMatching(/^(3\d|40)$/),
    });
  });
});
