import { afterEach, describe, expect, it, vi } from 'vitest';
import { sampleFinding } from '#test/samples/finding.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { openGateway, type TestGateway } from '../testing/open-gateway.ts';

const appId = 'cli_a1b2c3d4e5f60718';
const chat = 'oc_a0553eda9014c201e6969b478895c230';
const finding = sampleFinding();
const soon = { timeout: 15_000, interval: 50 };

let feishu: FeishuStandIn;
let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await feishu.down();
});

async function open(over: Record<string, unknown> = {}): Promise<TestGateway> {
  feishu = new FeishuStandIn({ limits: 'unlimited' });
  await feishu.up();
  feishu.platform.addApp({ appId, appSecret: 'right' });
  feishu.platform.addChat({ id: chat, apps: [appId], people: ['ou_0123456789abcdef'] });
  feishu.platform.connections.config = {
    ...{ PingInterval: 1, ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0 },
  };
  const baseUrl = new URL(feishu.webhook).origin;
  gateway = await openGateway({
    language: 'en',
    feishuApps: { main: { appId, appSecret: 'right', baseUrl, ...over } },
    channels: { ops: { type: 'feishu-app', chat } },
    people: { wang: { name: '王芳', feishu: 'ou_0123456789abcdef' } },
  });
  await gateway.save(finding);
  return gateway;
}

const health = async () => (await gateway?.door.readiness())?.find(({ name }) => name === 'feishu:main');
const connected = () =>
  vi.waitFor(
    async () => expect(await health()).toMatchObject({ ok: true, detail: expect.stringMatching(/is open/) }),
    soon,
  );

/** A card with one button, as the app has sent it. */
function send(value: Record<string, unknown>): string {
  const card = {
    schema: '2.0',
    body: {
      elements: [
        {
          tag: 'button',
          text: { tag: 'plain_text', content: 'Take it' },
          behaviors: [{ type: 'callback', value }],
        },
      ],
    },
  };
  const now = feishu.platform.now();
  const { messageId } = feishu.platform.tenant.add(
    {
      ...{ chatId: chat, appId, type: 'interactive', createdAt: now, content: JSON.stringify(card) },
      ...{ states: [], rung: [] },
    },
    undefined,
    now,
  );
  return messageId;
}

const takeIt = () => send({ a: 'acknowledge', i: finding.id });
const click = (messageId: string) => feishu.platform.click(messageId, 'Take it', 'ou_0123456789abcdef');

describe('a long connection', () => {
  it('brings clicks, and takes toasts back', async () => {
    const { signals, audit } = await open();
    await connected();
    expect(await click(takeIt())).toMatchObject({
      status: 200,
      toast: { type: 'success', content: expect.stringMatching(/It is yours now/) },
    });
    const by = { id: 'wang', name: '王芳' };
    expect(await signals()).toMatchObject([{ action: 'acknowledge', incidentId: finding.id, by }]);
    expect(await audit()).toMatchObject([{ by, via: 'card', channel: 'ops', outcome: 'done' }]);
    expect((await click(send({ a: 'boom', i: finding.id }))).toast).toMatchObject({ type: 'warning' });
  }, 30_000);

  it('does an event once, however often it comes, and in however many pieces', async () => {
    const { signals } = await open();
    await connected();
    feishu.platform.connections.fragments = 3;
    const { eventId } = await click(takeIt());
    expect((await feishu.platform.redeliver(eventId)).toast?.type).toBe('success');
    expect(await signals()).toHaveLength(1);
  }, 30_000);

  it('answers in time where the bus does not', async () => {
    const { hold, signals } = await open();
    await connected();
    const gate = hold();
    const result = await click(takeIt());
    expect(result.durationMs).toBeLessThan(3000);
    expect(result.toast).toMatchObject({ type: 'info', content: expect.stringContaining('being done') });
    gate.release();
    await vi.waitFor(async () => expect(await signals()).toHaveLength(1), { timeout: 10_000 });
  }, 30_000);

  it('comes again after it was cut, and after the platform was away', async () => {
    const { signals } = await open();
    await connected();
    feishu.platform.connections.drop();
    await vi.waitFor(() => expect(feishu.platform.connections.opened).toBe(2), soon);
    await connected();
    await feishu.down();
    await vi.waitFor(
      async () => expect(await health()).toMatchObject({ detail: expect.stringContaining('not open') }),
      soon,
    );
    await feishu.up();
    await connected();
    expect((await click(takeIt())).toast?.type).toBe('success');
    expect(await signals()).toHaveLength(1);
  }, 60_000);

  it('says in the readiness and in the log why it is not there, without the secret', async () => {
    await open({ appSecret: 'wrong-secret' });
    await vi.waitFor(
      async () =>
        expect(await health()).toMatchObject({ ok: true, detail: expect.stringMatching(/auth failed/) }),
      soon,
    );
    expect(gateway?.logged()).toMatch(
      /the long connection of main is closed: .*auth failed.*next try in 5 s/,
    );
    expect(gateway?.logged()).not.toContain('wrong-secret');
  }, 30_000);

  it('is closed when the gateway stops', async () => {
    await open();
    await connected();
    expect(feishu.platform.connections.count(appId)).toBe(1);
    await gateway?.door.stop();
    await vi.waitFor(() => expect(feishu.platform.connections.count(appId)).toBe(0), soon);
  }, 30_000);
});

it('is not opened for apps that want none', async () => {
  await open({ callbacks: 'none' });
  expect(await health()).toBeUndefined();
});
