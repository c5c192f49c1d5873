import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { sampleReply, startOllama } from '#test/stand-ins/ollama/index.ts';
import { type Installation, type InstallationOptions, startInstallation } from './installation.ts';
import { boss, group, linksOn, onCall, wang } from './on-call-group.ts';

const patience = { timeout: 30_000, interval: 50 };

let installation: Installation | undefined;
afterEach(async () => {
  await installation?.stop();
  installation = undefined;
});

async function start(
  over: Record<string, unknown>,
  options: InstallationOptions = {},
): Promise<Installation> {
  const config = (feishu: FeishuStandIn) => onCall(feishu, over);
  installation = await startInstallation('embedded', { withGateway: true, ...options, config });
  return installation;
}

/** What the custom bot's group has. */
const ofBot = ({ feishu }: Installation) => feishu.accepted.filter(({ api }) => api === 'bot');

const failure = (what: string): string => `${new Date().toISOString()} FATAL ${what}\n`;
const fails = ({ folder }: Installation, service: string, what = '数据库无法连接') =>
  appendFile(join(folder, `${service}.log`), failure(what));

it('is taken by the signed link of a custom bot: to look at its page does nothing, its form does', async () => {
  const bodies: string[] = [];
  const running = await start(
    { routing: { channel: 'bot' } },
    { onCard: (body) => body.includes('msg_type') && bodies.push(body) },
  );
  const cards = () => ofBot(running);
  await fails(running, 'shop');
  await vi.waitFor(() => expect(cards()).toHaveLength(1), patience);
  const link = new URL(linksOn(bodies[0] ?? '').get('处理工单') ?? '');
  expect(link.origin).toBe('https://logpatrol.example.com');
  const page = new URL(link.pathname, running.door?.url);

  const shown = await fetch(page);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain('shop');
  const audit = async () => {
    await running.runtime.store.refresh();
    return running.runtime.store.audit({ limit: 10 });
  };
  expect(await audit()).toEqual([]);

  const done = await fetch(page, {
    method: 'POST',
    headers: { origin: link.origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name: '王芳', once: 'once-1' }),
  });
  expect(done.status).toBe(200);
  await vi.waitFor(() => expect(cards()).toHaveLength(2), patience);
  expect(cards()[1]?.seen?.text).toContain('王芳');
  await vi.waitFor(
    async () =>
      expect(await audit()).toMatchObject([{ action: 'acknowledge', via: 'link', outcome: 'done' }]),
    patience,
  );
}, 60_000);

it('goes out at once without the model, whose late answer is on the same card and rings nobody', async () => {
  const ollama = await startOllama({ reply: sampleReply(2000) });
  try {
    const running = await start({
      ollama: { url: ollama.url, model: 'qwen3:8b' },
      reasoning: { holdSeconds: { critical: 0 } },
    });
    const { platform } = running.feishu;
    await fails(running, 'shop');
    const card = await vi.waitUntil(() => platform.messages(group)[0], patience);
    expect(card.states[0]?.text).not.toContain('stand-in');
    await vi.waitFor(() => expect(card.states.at(-1)?.text).toContain('stand-in'), patience);
    expect(card.states.at(-1)?.text).toContain('数据库无法连接');
    expect(platform.messages(group)).toHaveLength(1);
  } finally {
    await ollama.close();
  }
}, 60_000);

it('is escalated where nobody takes it on, and then no further once somebody has', async () => {
  const escalate = [
    { afterMinutes: 0.05, channels: ['boss'], tell: ['wang'] },
    { afterMinutes: 0.1, channels: ['bot'] },
  ];
  const running = await start({ routing: { channel: 'oncall', escalate } });
  const { platform } = running.feishu;
  await fails(running, 'shop');
  const told = await vi.waitUntil(() => platform.messages(boss)[0], patience);
  expect(told.states.at(-1)?.title).toContain('shop');
  expect(told.rung).toEqual([wang]);
  const [card, ring] = await vi.waitUntil(() => {
    const all = platform.messages(group);
    return all.length >= 2 ? all : undefined;
  }, patience);
  expect(ring?.parentId).toBe(card?.messageId);
  expect((await platform.click(card?.messageId ?? '', '处理工单', wang)).toast?.type).toBe('success');
  await vi.waitFor(() => expect(card?.states.at(-1)?.text).toMatch(/王芳.*处理/), patience);
  // A second failure comes to its own second step, long after that of the first was due.
  await fails(running, 'billing');
  await vi.waitFor(
    () =>
      expect(
        ofBot(running)
          .map(({ seen }) => seen?.title)
          .join(),
      ).toContain('billing'),
    patience,
  );
  expect(
    ofBot(running)
      .map(({ seen }) => seen?.title)
      .join(),
  ).not.toContain('shop');
}, 90_000);

it('goes to the fallback while the app is down, and to the group once it is well', async () => {
  const running = await start({ routing: { channel: 'oncall', fallback: ['bot'] } });
  const { feishu } = running;
  feishu.faults.always({ kind: 'status', status: 503 }, 'create');
  await fails(running, 'shop');
  await vi.waitFor(() => expect(ofBot(running)).toHaveLength(1), patience);
  expect(feishu.platform.messages(group)).toEqual([]);
  expect(ofBot(running)[0]?.seen?.text).toContain('数据库无法连接');
  feishu.faults.always(undefined);
  await vi.waitFor(() => expect(feishu.platform.messages(group)).toHaveLength(1), patience);
  expect(feishu.platform.messages(group)[0]?.states.at(-1)?.title).toContain('shop');
  expect(ofBot(running)).toHaveLength(1);
}, 60_000);

it('tells of every failure of a storm, by a card or by name in a digest, within the platform’s limits', async () => {
  const letters = [...'abcdefghij'];
  const services = letters.flatMap((one) => letters.slice(0, 8).map((other) => `shop-${one}${other}`));
  const config = ({ webhook }: FeishuStandIn) => ({
    // So few that most of the storm can only be named; the stand-in itself allows what the platform does.
    channels: { bot: { type: 'feishu', webhook, secret: 'a-signing-secret', perSecond: 4, perMinute: 30 } },
  });
  const running = await startInstallation('embedded', { config, limits: 'platform' });
  installation = running;
  await Promise.all(services.map((service) => fails(running, service)));
  const { feishu } = running;
  const told = () =>
    services.filter((service) =>
      feishu.accepted.some(({ seen }) => `${seen?.title}\n${seen?.text}`.includes(service)),
    );
  await vi.waitFor(() => expect(told()).toEqual(services), { timeout: 20_000, interval: 200 });
  expect(feishu.requests.every(({ code }) => code === 0)).toBe(true);
  expect(feishu.accepted.length).toBeLessThan(services.length);
  const digested = await vi.waitUntil(async () => {
    await running.runtime.store.refresh();
    const all = await running.runtime.store.deliveries({ limit: 500 });
    const named = all.filter(({ outcome }) => outcome === 'digested');
    return named.length > 0 ? named : undefined;
  }, patience);
  for (const { digestId } of digested) expect(digestId).toBeDefined();
}, 90_000);
