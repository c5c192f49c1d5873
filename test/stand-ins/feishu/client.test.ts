import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeishuProcess } from './client.ts';

const card = {
  schema: '2.0',
  header: { title: { tag: 'plain_text', content: 'title' } },
  body: {
    elements: [{ tag: 'div', text: { tag: 'plain_text', content: '0-abc-xyz r3' } }],
  },
};
let feishu: FeishuProcess;

beforeAll(async () => {
  feishu = await FeishuProcess.start({ limits: 'unlimited' });
});
afterAll(() => feishu.stop());

async function post(): Promise<string> {
  const body = JSON.stringify({ msg_type: 'interactive', card });
  const response = await fetch(feishu.webhook, { method: 'POST', body });
  return `${response.status} ${await response.text()}`;
}

describe('the stand-in as a process', () => {
  it('counts accepted cards by incident and revision, and the answers by code', async () => {
    expect(await post()).toMatch(/^200 .*"code":0/);
    await feishu.misbehave({ kind: 'status', status: 503 }, 1);
    expect(await post()).toMatch(/^503 /);
    await feishu.misbehave({ kind: 'lost-answer' }, 1);
    await expect(post()).rejects.toThrow();
    expect(await feishu.state()).toMatchObject({
      requests: 3,
      accepted: 2,
      counts: { '0-abc-xyz r3': 2 },
      codes: { 0: 1, status: 1, 'lost-answer': 1 },
    });
  });

  it('misbehaves until it is well again', async () => {
    await feishu.misbehave({ kind: 'garbage' });
    expect(await post()).toMatch(/^200 <!doctype/);
    expect(await post()).toMatch(/^200 <!doctype/);
    await feishu.well();
    expect(await post()).toMatch(/"code":0/);
  });

  it('goes down, and up again on the same port', async () => {
    const { webhook } = feishu;
    await feishu.down();
    await expect(post()).rejects.toThrow();
    await feishu.up();
    expect((await feishu.state()).webhook).toBe(webhook);
    expect(await post()).toMatch(/"code":0/);
  });

  it('has a platform of apps: what stands in a chat, clicks, and a clock', async () => {
    const chat = 'oc_0123456789abcdef';
    const person = 'ou_0123456789abcdef';
    await feishu.app({ appId: 'cli_00000000000000a1', appSecret: 's' });
    await feishu.chat({ id: chat, apps: ['cli_00000000000000a1'], people: [person] });
    const token = async (): Promise<string> => {
      const response = await fetch(`${feishu.baseUrl}/open-apis/auth/v3/tenant_access_token/internal`, {
        method: 'POST',
        body: JSON.stringify({ app_id: 'cli_00000000000000a1', app_secret: 's' }),
      });
      return JSON.parse(await response.text()).tenant_access_token;
    };
    const first = await token();
    const button = {
      tag: 'button',
      text: { tag: 'plain_text', content: 'Take it' },
      behaviors: [{ type: 'callback', value: { a: 'acknowledge' } }],
    };
    const content = JSON.stringify({ schema: '2.0', body: { elements: [button] } });
    await fetch(`${feishu.baseUrl}/open-apis/im/v1/messages?receive_id_type=chat_id`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first}` },
      body: JSON.stringify({ receive_id: chat, msg_type: 'interactive', content }),
    });
    const [message] = await feishu.messages(chat);
    expect(message).toMatchObject({ type: 'interactive', content, rung: [] });
    // Nobody is connected.
    expect(await feishu.click(message?.messageId ?? '', 'Take it', person)).toMatchObject({ error: 200340 });
    await feishu.withdraw(message?.messageId ?? '', 'recalled');
    expect(await feishu.messages(chat)).toMatchObject([{ gone: 'recalled' }]);
    await feishu.advance(7_200_000);
    expect(await token()).not.toBe(first);
  });
});
