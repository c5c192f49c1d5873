import { createDecipheriv, createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FeishuStandIn } from '../index.ts';

const appId = 'cli_a1b2c3d4e5f60718';
const chat = 'oc_a0553eda9014c201e6969b478895c230';
const zhang = 'ou_0123456789abcdef';
const encryptKey = 'an encrypt key';

const card = JSON.stringify({
  schema: '2.0',
  config: { update_multi: true },
  body: {
    elements: [
      {
        tag: 'button',
        text: { tag: 'plain_text', content: '处理' },
        behaviors: [{ type: 'callback', value: { a: 'acknowledge', i: '0-1-2' } }],
      },
      {
        tag: 'button',
        text: { tag: 'plain_text', content: '详情' },
        behaviors: [{ type: 'open_url', default_url: 'https://example.com' }],
      },
      {
        tag: 'select_static',
        placeholder: { tag: 'plain_text', content: '转交' },
        options: [{ text: { tag: 'plain_text', content: '李四' }, value: 'li' }],
        behaviors: [{ type: 'callback', value: { a: 'hand-over', i: '0-1-2' } }],
      },
    ],
  },
});

let feishu: FeishuStandIn;
let server: Server;
let requests: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
/** What the app answers next; `undefined`: nothing, ever. */
let answer: { readonly status?: number; readonly body: string } | undefined;
let messageId = '';

beforeEach(async () => {
  requests = [];
  answer = { body: '{}' };
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString('utf8');
    requests.push({ headers: request.headers, body });
    if (answer !== undefined)
      response.writeHead(answer.status ?? 200, { location: '/elsewhere' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const callbackUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/events`;
  feishu = new FeishuStandIn();
  await feishu.up();
  feishu.platform
    .addApp({ appId, appSecret: 's', encryptKey, verificationToken: 'v', callbackUrl })
    .addChat({ id: chat, apps: [appId], people: [zhang] });
  const token = feishu.platform.tokens.issue(appId, feishu.platform.now()).value;
  await fetch(`${feishu.baseUrl}/open-apis/im/v1/messages?receive_id_type=chat_id`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ receive_id: chat, msg_type: 'interactive', content: card }),
  });
  messageId = feishu.platform.messages(chat)[0]?.messageId ?? '';
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await feishu.down();
});

const click = (what = '处理', options = {}) => feishu.platform.click(messageId, what, zhang, options);

function opened(body: string): Record<string, unknown> {
  const bytes = Buffer.from(String(JSON.parse(body).encrypt), 'base64');
  const key = createHash('sha256').update(encryptKey).digest();
  const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8'));
}

function signatureOf({ headers, body }: (typeof requests)[number]): string {
  const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce } = headers;
  return createHash('sha256').update(`${timestamp}${nonce}${encryptKey}${body}`).digest('hex');
}

describe('a click over HTTP', () => {
  it('comes encrypted and signed, with who clicked on what', async () => {
    answer = { body: '{"toast":{"type":"success","content":"好的"}}' };
    expect(await click()).toMatchObject({ status: 200, toast: { type: 'success', content: '好的' } });
    const [request] = requests;
    if (request === undefined) throw new Error('nothing came');
    expect(request.headers['x-lark-signature']).toBe(signatureOf(request));
    expect(opened(request.body)).toMatchObject({
      schema: '2.0',
      header: { event_type: 'card.action.trigger', app_id: appId, token: 'v' },
      event: {
        operator: { open_id: zhang },
        action: { tag: 'button', value: { a: 'acknowledge', i: '0-1-2' } },
        context: { open_message_id: messageId, open_chat_id: chat },
      },
    });
    await click('李四');
    expect(opened(requests[1]?.body ?? '')).toMatchObject({
      event: { action: { tag: 'select_static', option: 'li', value: { a: 'hand-over' } } },
    });
    await expect(click('详情')).rejects.toThrow('nothing on');
  });

  it('comes again with the same id, forged, old and open as a test wants it', async () => {
    const { eventId } = await click('处理', { times: 2 });
    await feishu.platform.redeliver(eventId);
    expect(requests.map(({ body }) => opened(body))).toEqual(
      Array(3).fill(expect.objectContaining({ header: expect.objectContaining({ event_id: eventId }) })),
    );
    requests = [];
    await click('处理', { tampering: { signature: 'wrong' } });
    await click('处理', { tampering: { signature: 'body' } });
    await click('处理', { tampering: { signature: 'absent' } });
    await click('处理', { tampering: { ageSeconds: 4000 } });
    await click('处理', { tampering: { plain: true } });
    expect(requests.map((request) => request.headers['x-lark-signature'] === signatureOf(request))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(Number(requests[3]?.headers['x-lark-request-timestamp'])).toBeLessThan(Date.now() / 1000 - 3999);
    expect(requests[4]?.body).toContain('card.action.trigger');
  });

  it.each([
    [{ status: 302, body: '' }, 200671],
    [{ status: 500, body: '{}' }, 200671],
    [{ body: 'ok' }, 200672],
    [{ body: '{"toast":{"content":"x"},"more":1}' }, 200672],
    [{ body: '{"card":{"type":"raw","data":{"elements":[]}}}' }, 200830],
    [{ body: '{"card":{"type":"raw","data":{"schema":"2.0","nonsense":1}}}' }, 200673],
    [undefined, 200341],
  ])('shows the person a code where the answer is %j', async (said, error) => {
    answer = said;
    feishu.platform.answerWithinMs = 200;
    expect((await click()).error).toBe(error);
  });

  it('shows a code where nobody listens', async () => {
    server.close();
    server.closeAllConnections();
    expect((await click()).error).toBe(200342);
  });

  it('keeps the card from being updated until it is answered', async () => {
    answer = undefined;
    feishu.platform.answerWithinMs = 300;
    const clicked = click();
    await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 10_000 });
    const token = feishu.platform.tokens.issue(appId, feishu.platform.now()).value;
    const update = async () => {
      const response = await fetch(`${feishu.baseUrl}/open-apis/im/v1/messages/${messageId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ content: card }),
      });
      return response.text();
    };
    expect(await update()).toContain('card action is lock');
    await clicked;
    expect(await update()).toContain('"code":0');
  });

  it('may change the card', async () => {
    const changed = card.replaceAll('处理', '已处理');
    answer = { body: `{"card":{"type":"raw","data":${changed}}}` };
    await click();
    expect(feishu.platform.clickables(messageId)[0]?.text).toBe('已处理');
  });

  it('checks the address by a challenge', async () => {
    expect(await feishu.platform.verifyUrl(appId)).toBe(false);
    expect(opened(requests[0]?.body ?? '')).toMatchObject({ type: 'url_verification', token: 'v' });
  });
});
