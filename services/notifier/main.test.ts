import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus, Writer } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import { Delivery, type Finding } from '#shared/model/index.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { start } from './main.ts';
import { testChannel } from './test-channel.ts';
import { sampleConclusion, sampleFinding } from './testing/sample.ts';

const logger = pino({ level: 'silent' });
const secret = 'a secret';
let folder: string;
let bus: Bus;
let store: Store;
let writer: Writer;
let feishu: FeishuStandIn;
let config: Config;
let service: Service | undefined;
let metrics: Registry;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-notifier-'));
  bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1 << 28, logger });
  store = await openEmbeddedStore({ dataDir: folder, maxBytes: 1 << 28, logger });
  feishu = new FeishuStandIn({ secret, limits: 'unlimited' });
  await feishu.up();
  config = configWith({});
  await bus.setup(topicSpecs(config));
  writer = await bus.writer('test');
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await bus.close();
  await store.close();
  await feishu.down();
  await rm(folder, { recursive: true });
});

function configWith(over: Record<string, unknown>): Config {
  const webhook = feishu.webhook;
  const channel = {
    type: 'feishu',
    webhook,
    secret,
    perSecond: 1000,
    perMinute: 60_000,
    timeoutSeconds: 1,
    ...over,
  };
  // A card for each: what is tested is how they get there.
  return ConfigSchema.parse({ channels: { feishu: channel }, routing: { groupBy: [] } });
}

async function startNotifier(): Promise<void> {
  metrics = new Registry();
  const runtime: Runtime = { config, bus, store, logger, metrics, clock: Date.now };
  service = await start(runtime);
}

function find(...findings: Partial<Finding>[]): Promise<void> {
  return writer.write(
    findings.map((over) => {
      const finding = sampleFinding({ arrivedAt: new Date().toISOString(), ...over });
      return { topic: topic.findings, partition: 0, key: finding.id, value: JSON.stringify(finding) };
    }),
  );
}

async function deliveries(): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for await (const { value } of bus.read(topic.deliveries))
    if (value !== null) all.push(Delivery.parse(JSON.parse(value.toString())));
  return all;
}

const seen = (): string[] =>
  feishu.accepted.map((request) => `${request.incidentId} r${request.revision} ${request.seen?.subtitle}`);
const until = (condition: () => void | Promise<void>) =>
  vi.waitFor(condition, { timeout: 20_000, interval: 20 });

describe('from finding to card', () => {
  it('tells the group of an incident from its opening to its end', async () => {
    await startNotifier();
    await find({ reasoning: 'pending' });
    await until(() => expect(seen()).toHaveLength(1));
    await find({ revision: 2, count: 99, reasoning: 'pending' });
    await find({ revision: 3, reasoning: 'model', conclusion: sampleConclusion() });
    await until(() => expect(seen()).toHaveLength(2));
    await find({ revision: 4, state: 'resolved', resolvedAt: '2026-11-21T02:00:00.000Z' });
    await until(() => expect(seen()).toHaveLength(3));
    const id = '0-a1b2c3d4e5f60718-m3k9x2p0';
    expect(seen()).toEqual([`${id} r1 新告警`, `${id} r3 分析结论`, `${id} r4 已恢复`]);
    await until(async () =>
      expect((await deliveries()).filter(({ outcome }) => outcome === 'sent')).toHaveLength(3),
    );
    expect(await bus.committed('deliver-feishu', topic.outbox('feishu'))).toEqual(new Map([[0, 3]]));
    expect(await metrics.metrics()).toMatch(
      /logpatrol_deliveries_total\{channel="feishu",outcome="sent",cause=""\} 3/,
    );
  });

  it('loses nothing and repeats nothing over a restart', async () => {
    await startNotifier();
    await find(...Array.from({ length: 40 }, (_, index) => ({ id: `i${index}` })));
    await until(() => expect(feishu.accepted.length).toBeGreaterThan(5));
    await service?.stop();
    await startNotifier();
    await until(() => expect(feishu.counts().size).toBe(40));
    expect(Math.max(...feishu.counts().values())).toBe(1);
  });

  it('acts at once on a finding, not at the next tick', async () => {
    await startNotifier();
    await find({ id: 'warm' });
    await until(() => expect(feishu.requests).toHaveLength(1));
    const latencies: number[] = [];
    for (let index = 0; index < 20; index++) {
      const written = Date.now();
      await find({ id: `i${index}` });
      await until(() => expect(feishu.requests).toHaveLength(index + 2));
      latencies.push((feishu.requests.at(-1)?.at ?? Number.POSITIVE_INFINITY) - written);
    }
    latencies.sort((a, b) => a - b);
    // The median, for the machine may have other work; at the ticks it would be 500 ms.
    expect(latencies[10]).toBeLessThan(200);
  });
});

describe('a Feishu that misbehaves', () => {
  it.each([
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503 },
    { kind: 'code', code: 11232 },
    { kind: 'code', code: 9499, msg: 'too many request' },
    { kind: 'reset' },
    { kind: 'hang' },
  ] as const)('takes every card once it is well again after %j', async (fault) => {
    feishu.faults.next(fault, 2);
    await startNotifier();
    await find({ id: 'a' }, { id: 'b', severity: 'warning' }, { id: 'c', severity: 'info' });
    await until(() => expect([...feishu.counts().keys()].sort()).toEqual(['a r1', 'b r1', 'c r1']));
    expect((await deliveries()).filter(({ outcome }) => outcome === 'dead')).toEqual([]);
  });

  it('takes every card once it is up again', async () => {
    await feishu.down();
    await startNotifier();
    await find({ id: 'a' }, { id: 'b' });
    await until(async () => expect((await deliveries()).map(({ outcome }) => outcome)).toContain('retrying'));
    await feishu.up();
    await until(() => expect(feishu.counts().size).toBe(2));
  });

  it('has a refused card in the dead letters with what it said, and takes the next', async () => {
    feishu.faults.next({ kind: 'code', code: 11246, msg: 'ErrCode: 200621; ErrMsg: unknown property' }, 2);
    await startNotifier();
    await find({ id: 'a' });
    await until(async () => expect((await deliveries()).map(({ outcome }) => outcome)).toContain('dead'));
    await find({ id: 'b' });
    await until(() => expect(seen()).toEqual(['b r1 新告警']));
    const letters: string[] = [];
    for await (const { headers } of bus.read('dlq.outbox.feishu'))
      letters.push(headers['logpatrol-error'] ?? '');
    expect(letters).toEqual([expect.stringContaining('ErrCode: 200621; ErrMsg: unknown property')]);
  });

  it('is never asked faster than the channel is set to', async () => {
    config = configWith({ perSecond: 4, perMinute: 100 });
    feishu.settings = { limits: 'platform', secret };
    await startNotifier();
    await find(...Array.from({ length: 12 }, (_, index) => ({ id: `i${index}` })));
    await until(() => expect(feishu.counts().size).toBe(12));
    expect(feishu.requests.every((request) => request.code === 0)).toBe(true);
    const times = feishu.requests.map((request) => request.at);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(4000);
  });
});

describe('testChannel', () => {
  it('says what the far side said', async () => {
    expect(await testChannel('feishu', config, logger)).toMatch(
      /^channel feishu: accepted in \d+ ms \(code 0\)$/,
    );
    expect(feishu.accepted[0]?.seen?.title).toBe('【提示】logpatrol：测试消息，无需处理');
    feishu.settings = { ...feishu.settings, secret: 'another' };
    await expect(testChannel('feishu', config, logger)).rejects.toThrow(/signing secret.*19021/);
  });
});
