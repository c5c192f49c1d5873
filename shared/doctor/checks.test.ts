import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import type { JobState } from '#shared/housekeeping/index.ts';
import { openBus, openStore } from '#shared/lifecycle/index.ts';
import type { Conclusion, Delivery, Finding } from '#shared/model/index.ts';
import { issueAuthority, newKey } from '#shared/secrets/issue-certificate.ts';
import type { Store, WriteOptions } from '#shared/store/port.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { sampleStatus } from '#test/samples/metric.ts';
import { examine } from './index.ts';

const logger = pino({ level: 'silent' });
const now = Date.now();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const iso = (time: number) => new Date(time).toISOString();
const options: WriteOptions = { signal: new AbortController().signal };

let dataDir: string;
const servers: Server[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-checks-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(dataDir, { recursive: true });
});

const configOf = (more: object = {}): Config => ConfigSchema.parse({ dataDir, ...more });

async function stored(save: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore(configOf(), { logger });
  await store.setup();
  await save(store);
  await store.close();
}

const ask = (check: string, config = configOf(), at = now) =>
  examine(config, { logger, only: [check], clock: () => at });

/** A card whose time went as told: to the finding, in the outbox, at the channel; in milliseconds. */
function card(index: number, finding: number, outbox: number, channel: number): [Finding, Delivery[]] {
  const arrived = now - 10 * minute - index * 1000;
  const id = `0-feed${index}-x`;
  const common = { incidentId: id, messageId: `console:${id}:1` };
  const sent = arrived + finding + outbox + channel;
  return [
    sampleFinding({
      id,
      ...{ firstSeen: iso(arrived), lastSeen: iso(arrived), arrivedAt: iso(arrived) },
      ...{ createdAt: iso(arrived + finding), detectedAt: iso(arrived + finding) },
    }),
    [
      sampleDelivery({ ...common, outcome: 'sending', at: iso(arrived + finding + outbox) }),
      sampleDelivery({ ...common, at: iso(sent), latency_ms: sent - arrived }),
    ],
  ];
}

async function cards(...made: [Finding, Delivery[]][]): Promise<void> {
  await stored(async (store) => {
    await store.saveFindings(
      made.map(([finding]) => finding),
      options,
    );
    await store.saveDeliveries(
      made.flatMap(([, deliveries]) => deliveries),
      options,
    );
  });
}

describe('latency', () => {
  it('is content where cards come within five seconds', async () => {
    await cards(card(1, 1000, 200, 300), card(2, 900, 100, 200));
    expect(await ask('latency')).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    ['finding', [20_000, 100, 200], /model is waited for/],
    ['outbox', [500, 30_000, 200], /paced/],
    ['channel', [500, 100, 9000], /slow or fails/],
  ] as const)('says that the time goes to the %s', async (_, [finding, outbox, channel], remedy) => {
    await cards(...[1, 2, 3].map((index) => card(index, finding, outbox, channel)));
    expect(await ask('latency')).toMatchObject([
      { status: 'bad', anchor: 'alert-late', remedy: expect.stringMatching(remedy) },
    ]);
  });
});

describe('latency of a single card', () => {
  it('is a warning, for it may be the first after a start', async () => {
    await cards(card(1, 6000, 100, 200));
    expect(await ask('latency')).toMatchObject([{ status: 'warning', anchor: 'alert-late' }]);
  });
});

describe('answers', () => {
  const conclusion: Conclusion = {
    ...{ verdict: 'actionable', summary: 's', cause: 'c', proven: true, evidence: [], actions: [] },
    ...{ severity: 'warning', confidence: 0.9, model: 'm', answeredAt: iso(now), shape: 's' },
    ...{ durationMs: 4000, promptTokens: 1, outputTokens: 1 },
  };
  const finding = (id: string, age: number, answer: Partial<Conclusion> | undefined): Finding =>
    sampleFinding({
      id,
      ...{ firstSeen: iso(now - age), lastSeen: iso(now - age), reasoning: answer ? 'model' : 'unavailable' },
      ...(answer && { conclusion: { ...conclusion, ...answer } }),
    });
  const many = (name: string, age: number, answer: Partial<Conclusion> | undefined) =>
    Array.from({ length: 10 }, (_, index) => finding(`0-${name}${index}-x`, age, answer));
  const config = () => configOf({ ollama: { url: 'http://127.0.0.1:1', model: 'm' } });
  const week = many('week', 3 * day, {});

  it('is content where they are as they were', async () => {
    await stored((store) => store.saveFindings([...week, ...many('day', hour, {})], options));
    expect((await ask('answers', config())).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it.each([
    ['none come', undefined, ['model-worse', undefined]],
    ['they name no line', { proven: false }, ['model-worse', undefined]],
    ['they take long', { durationMs: 90_000 }, [undefined, 'model-slow']],
  ])('warns where %s', async (_, answer, anchors) => {
    await stored((store) => store.saveFindings([...week, ...many('day', hour, answer)], options));
    expect((await ask('answers', config())).map(({ anchor }) => anchor)).toEqual(anchors);
  });
});

describe('filebeat', () => {
  const lines = async (ages: readonly number[]) => {
    const documents = ages.map((age, index) => ({
      id: `line-${index}`,
      type: 'app',
      json: JSON.stringify({ '@timestamp': iso(now - age), message: `line ${index}` }),
    }));
    await stored((store) => store.saveLogs(documents, options));
  };
  const quarters = Array.from({ length: 40 }, (_, index) => 20 * minute + index * 15 * minute);

  it('warns of a type that always had lines, and has none', async () => {
    await lines(quarters);
    expect(await ask('filebeat')).toMatchObject([
      { name: 'logs of app', status: 'warning', anchor: 'filebeat-silent' },
    ]);
  });

  it.each([
    ['that goes on', [minute, ...quarters]],
    ['that speaks seldom', [20 * minute, 5 * hour, 20 * hour]],
  ])('is content with one %s', async (_, ages) => {
    await lines(ages);
    expect(await ask('filebeat')).toMatchObject([{ status: 'ok' }]);
  });
});

describe('bmcs', () => {
  const config = () => {
    const server = (name: string) => ({ name, host: '192.0.2.1', user: 'u', passwordEnv: 'P' });
    return configOf({ ipmi: { servers: ['well', 'shut', 'gone', 'new'].map(server) } });
  };

  it('names those that refuse, are overdue, or were never asked', async () => {
    await stored((store) =>
      store.saveMetrics(
        [
          sampleStatus(now - 10_000, { server: 'well', host: 'a' }),
          sampleStatus(now - 10_000, { server: 'shut', host: 'b', outcome: 'refused', reason: 'password' }),
          sampleStatus(now - hour, { server: 'gone', host: 'c' }),
        ],
        options,
      ),
    );
    const [answer] = await ask('bmcs', config());
    expect(answer).toMatchObject({ status: 'warning', anchor: 'bmc-silent' });
    expect(answer?.detail).toMatch(
      /gone was polled last 60 min ago.*shut is refused \(password\).*new was never/,
    );
    expect(answer?.detail).not.toContain('well');
  });
});

describe('what the service housekeeping does', () => {
  const kept = async (state: Omit<JobState, 'lines' | 'attempts' | 'since'>, lines: string[] = []) => {
    const config = configOf();
    const bus = await openBus(config, { logger, observer: {}, name: 'test' });
    await bus.setup(topicSpecs(config));
    const writer = await bus.writer('test');
    const value = JSON.stringify({ since: now - 9 * day, attempts: 1, lines, ...state });
    await writer.write([{ topic: topic.housekeeping, partition: 0, key: state.job, value }]);
    await writer.close();
    await bus.close();
  };

  it.each([
    ['went well last night', { ok: true, lastOkAt: now - 10 * hour }, 'ok'],
    ['went well long ago', { ok: true, lastOkAt: now - 40 * hour }, 'bad'],
    ['found trouble', { ok: false, lastOkAt: now - 10 * hour }, 'bad'],
  ] as const)('at night %s', async (_, state, status) => {
    await kept({ job: 'nightly', ...state }, ['snapshot: no space left']);
    expect(await ask('housekeeping')).toMatchObject([{ status }]);
  });

  it('says that it was never planned', async () => {
    expect(await ask('housekeeping')).toMatchObject([{ status: 'unknown' }]);
    await kept({ job: 'other' });
    expect(await ask('housekeeping')).toMatchObject([{ status: 'warning', anchor: 'housekeeping-late' }]);
  });

  it.each([
    ['came through', { ok: true, lastOkAt: now - 20 * minute }, 'ok'],
    ['are no more', { ok: true, lastOkAt: now - 2 * hour }, 'bad'],
    ['fail', { ok: false, lastOkAt: now - 20 * minute }, 'bad'],
  ] as const)('drills that %s', async (_, state, status) => {
    await kept({ job: 'drill', ...state }, ['drill x: message in the outbox is missing']);
    expect(await ask('drill', configOf({ drill: { everyMinutes: 30 } }))).toMatchObject([{ status }]);
  });
});

describe('channels', () => {
  const feishu = (url: string) =>
    configOf({ channels: { ops: { type: 'feishu', webhook: `${url}/hook/s3cret` } } });
  const listen = async (date?: string): Promise<string> => {
    const server = createHttpServer((_request, response) => {
      if (date !== undefined) response.setHeader('date', date);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  };
  const refused = (code: string, over: Partial<Delivery> = {}): Delivery =>
    sampleDelivery({
      ...{ channel: 'ops', messageId: `ops:${code}:1`, outcome: 'dead', at: iso(now - minute), code },
      ...{ error: 'as it says', ...over },
    });

  it.each([
    ['19021', 'feishu-19021'],
    ['11232', 'feishu-11232'],
    ['12345', 'channel-refuses'],
  ])('that answered %s have a row of their own', async (code, anchor) => {
    await stored((store) => store.saveDeliveries([refused(code)], options));
    expect(await ask('channels', feishu(await listen()))).toMatchObject([
      { name: 'channel ops', status: 'ok' },
      { name: 'refusals of ops', status: 'bad', anchor },
    ]);
  });

  it('that take cards again are well', async () => {
    const sent = sampleDelivery({ channel: 'ops', messageId: 'ops:b:1', at: iso(now - 1000) });
    await stored((store) => store.saveDeliveries([refused('1', { outcome: 'retrying' }), sent], options));
    const [, answer] = await ask('channels', feishu(await listen()));
    expect(answer).toMatchObject({ status: 'ok', detail: expect.stringContaining('takes cards again') });
  });

  it.each([
    ['agrees', 0, 'ok'],
    ['is a little wrong', -20_000, 'warning'],
    ['is far ahead', 2 * hour, 'bad'],
  ])('whose clock %s', async (_, skew, status) => {
    const url = await listen(new Date(Date.now() + skew).toUTCString());
    const [answer] = await ask('clocks', feishu(url), Date.now());
    expect(answer).toMatchObject({ status, ...(status !== 'ok' && { anchor: 'clock' }) });
  });
});

describe('certificates', () => {
  /** An authority's certificate lives ten years; one that is this old ends in so many days. */
  const certificateThatEndsIn = async (days: number): Promise<{ certificate: string; key: string }> => {
    const key = await newKey();
    const whole = await issueAuthority(key, now);
    const { X509Certificate } = await import('node:crypto');
    const lives = new X509Certificate(whole).validToDate.getTime() - now;
    return { certificate: await issueAuthority(key, now - lives + days * day), key };
  };

  it.each([
    ['for long', 400, 'ok'],
    ['not for long', 10, 'warning'],
    ['no more', -1, 'bad'],
  ])('that are good %s, in a file and as a server shows them', async (_, days, status) => {
    const { certificate, key } = await certificateThatEndsIn(days);
    const file = join(dataDir, 'certificate.pem');
    await writeFile(file, certificate);
    const server = createHttpsServer({ cert: certificate, key }).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const answers = await ask('certificates', configOf({ elasticsearch: { url, caFile: file } }));
    const expected = { status, ...(status !== 'ok' && { anchor: 'certificate' }) };
    expect(answers).toMatchObject(status === 'ok' ? [expected] : [expected, expected]);
    if (status === 'ok') expect(answers[0]?.detail).toContain('2 looked at');
  });

  it('that cannot be read are told', async () => {
    const config = configOf({
      kafka: { brokers: ['127.0.0.1:1'], tls: true, caFile: join(dataDir, 'none') },
    });
    expect(await ask('certificates', config)).toMatchObject([{ status: 'bad', anchor: 'certificate' }]);
  });
});

it('tells of a disk that is fuller than it should be', async () => {
  const config = configOf({ housekeeping: { disk: { warning: 1, critical: 100 } } });
  expect(await ask('disk', config)).toMatchObject([{ status: 'warning', anchor: 'disk-full' }]);
});
