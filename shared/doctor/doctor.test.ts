import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { applyKibanaObjects } from '#shared/kibana/index.ts';
import { openBus } from '#shared/lifecycle/index.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { deadUrl } from '#test/stand-ins/dead-url.ts';
import { startInventory } from '#test/stand-ins/inventory/index.ts';
import { KibanaStandIn } from '#test/stand-ins/kibana/index.ts';
import { type OllamaStandIn, startOllama } from '#test/stand-ins/ollama/index.ts';
import { startOpenai } from '#test/stand-ins/openai/index.ts';
import { channelHealth } from './channel.ts';
import { examine } from './index.ts';
import { modelHealth } from './model.ts';
import { ollamaHealth } from './ollama.ts';

const logger = pino({ level: 'silent' });
let ollama: OllamaStandIn;
let folder: string;
beforeAll(async () => {
  ollama = await startOllama({ models: ['qwen3:8b', 'tiny:latest'] });
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-doctor-'));
});
afterAll(async () => {
  await ollama.close();
  await rm(folder, { recursive: true });
});

function ollamaConfig(url: string, model: string) {
  const { ollama: section } = ConfigSchema.parse({ ollama: { url, model } });
  return section ?? expect.fail('no section');
}

describe('ollamaHealth', () => {
  it.each(['qwen3:8b', 'tiny', 'tiny:latest'])('finds the model %s', async (model) => {
    expect(await ollamaHealth(ollamaConfig(ollama.url, model))).toMatchObject({
      ok: true,
      version: '0.17.0',
    });
  });

  it('says how to get a model that is not there', async () => {
    expect(await ollamaHealth(ollamaConfig(ollama.url, 'nope'))).toMatchObject({
      ok: false,
      version: '0.17.0',
      remedy: expect.stringContaining('ollama pull nope'),
    });
  });

  it('looks for the embedding model too', async () => {
    const config = { ...ollamaConfig(ollama.url, 'tiny'), embeddingModel: 'bge-m3' };
    expect(await ollamaHealth(config)).toMatchObject({
      ok: false,
      remedy: expect.stringMatching(/ollama pull bge-m3.*embeddingModel/),
    });
  });

  it('says why nobody answers', async () => {
    expect(await ollamaHealth(ollamaConfig(await deadUrl(), 'x'))).toMatchObject({
      ok: false,
      detail: expect.stringContaining('ECONNREFUSED'),
      remedy: expect.stringContaining('ollama serve'),
    });
  });

  it('is not taken in by another server', async () => {
    const server = createServer((_request, response) => response.end('{"hello":1}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await ollamaHealth(ollamaConfig(`http://127.0.0.1:${port}`, 'x'))).toMatchObject({
      ok: false,
      detail: expect.stringContaining('not one of Ollama'),
    });
    server.close();
  });
});

describe('modelHealth of an OpenAI-compatible server', () => {
  it.each([
    ['has the model', { model: 'm', apiKey: 'k' }, {}, { ok: true, detail: 'has the model m' }],
    ['has no list', { model: 'm', apiKey: 'k' }, { hidesModels: true }, { ok: true }],
    ['has another model', { model: 'x', apiKey: 'k' }, {}, { remedy: expect.stringContaining('one of: m') }],
    ['refuses the key', { model: 'm', apiKey: 'x' }, {}, { remedy: expect.stringContaining('_API_KEY') }],
    ['wants a key', { model: 'm' }, {}, { ok: false, detail: expect.stringContaining('wants a key') }],
  ])('says that it %s', async (_, openai, options, expected) => {
    const server = await startOpenai({ models: ['m'], apiKey: 'k', ...options });
    const health = await modelHealth(ConfigSchema.parse({ openai: { url: server.url, ...openai } }));
    expect(health).toMatchObject({ name: 'openai', ...expected });
    await server.close();
  });

  it('says why nobody answers', async () => {
    const config = ConfigSchema.parse({ openai: { url: `${await deadUrl()}/v1`, model: 'm' } });
    expect(await modelHealth(config)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('ECONNREFUSED'),
      remedy: expect.stringContaining('LOGPATROL_OPENAI_URL'),
    });
  });
});

describe('channelHealth', () => {
  const feishu = (origin: string) =>
    ConfigSchema.parse({ channels: { ops: { type: 'feishu', webhook: `${origin}/hook/s3cret-token` } } });

  it('reaches the far side without calling the bot or telling its token', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const health = await channelHealth('ops', feishu(`http://127.0.0.1:${port}`));
    expect(health).toMatchObject({ name: 'channel ops', ok: true });
    expect(asked).toEqual(['HEAD /']);
    expect(JSON.stringify(health)).not.toContain('s3cret');
    server.close();
  });

  it('says that it cannot, without telling its token', async () => {
    const health = await channelHealth('ops', feishu(await deadUrl()));
    expect(health).toMatchObject({ ok: false, detail: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(health)).not.toContain('s3cret');
  });
});

describe('examine', () => {
  const config = (more: object = {}) => ConfigSchema.parse({ dataDir: folder, ...more });

  it('is content with an embedded installation that has not been started yet', async () => {
    const answers = await examine(config(), { logger });
    expect(answers.filter(({ status }) => status === 'bad' || status === 'warning')).toEqual([]);
    expect(answers.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['config', 'bus', 'topics', 'store', 'model', 'channels', 'disk', 'drill']),
    );
  });

  it('says whether the inventory can be used', async () => {
    const inventory = await startInventory('inventory-token');
    const answers = async (url: string) =>
      examine(config({ assets: { url, token: 'inventory-token' } }), { logger });
    expect(await answers(inventory.url)).toContainEqual(
      expect.objectContaining({ name: 'inventory', ok: true }),
    );
    expect(await answers(`${inventory.origin}/elsewhere/{host}`)).toContainEqual(
      expect.objectContaining({ name: 'inventory', ok: false, detail: expect.stringContaining('HTTP 400') }),
    );
    await inventory.close();
  });

  it.skipIf(kafkaAddress() === undefined)('tells of topics that are missing on Kafka', async () => {
    const kafka = { brokers: [kafkaAddress()], prefix: `doctor-${process.pid}.` };
    const answers = await examine(config({ kafka }), { logger });
    const topics = answers.find(({ name }) => name === 'topics');
    expect(topics).toMatchObject({ ok: false, remedy: expect.stringContaining('logpatrol setup') });
  });

  it('tells of objects that Kibana does not have, and of none where it has them', async () => {
    const account = { username: 'elastic', password: 'secret', apiKey: 'a2V5' };
    const kibana = new KibanaStandIn(account);
    await kibana.up();
    const { username, password } = account;
    const whole = config({ kibana: { url: kibana.origin, apiUrl: kibana.origin, username, password } });
    const ask = () => examine(whole, { logger, only: ['kibana'] });
    expect(await ask()).toMatchObject([{ status: 'warning', anchor: 'kibana-objects' }]);
    await applyKibanaObjects(whole, { dryRun: false, logger });
    expect(await ask()).toMatchObject([{ status: 'ok' }]);
    await kibana.down();
    expect(await ask()).toMatchObject([{ status: 'unknown', ok: true }]);
  });

  it('says where it may not look, and fails nothing for it', async () => {
    const server = createServer((request, response) => {
      response.setHeader('x-elastic-product', 'Elasticsearch');
      response.setHeader('content-type', 'application/json');
      const isRoot = request.url === '/';
      response.writeHead(isRoot ? 200 : 403);
      const refusal = {
        error: { type: 'security_exception', reason: 'action is unauthorized' },
        status: 403,
      };
      response.end(JSON.stringify(isRoot ? { version: { number: '9.4.2' } } : refusal));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const elasticsearch = { url, apiKey: 'a2V5OmtleQ==' };
    const names = ['health', 'writes', 'disk', 'ilm', 'assets', 'access'].map(
      (part) => `elasticsearch-${part}`,
    );
    const answers = await examine(config({ elasticsearch }), {
      logger,
      only: [...names, 'latency', 'filebeat'],
    });
    server.close();
    expect(answers.map(({ check }) => check)).toEqual(
      expect.arrayContaining([...names, 'latency', 'filebeat']),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 'unknown',
        ok: true,
        detail: expect.stringMatching(/^not allowed to look: .*403/),
      });
  });

  it('counts a data folder that another has as an answer', async () => {
    const bus = await openBus(config(), { logger, observer: {}, name: 'test' });
    const answers = await examine(config(), { logger });
    expect(answers.find(({ check }) => check === 'bus')).toMatchObject({
      status: 'bad',
      anchor: 'service-down',
    });
    // What only the bus knows fails nothing here.
    expect(answers.find(({ check }) => check === 'queue')).toMatchObject({ status: 'unknown', ok: true });
    await bus.close();
  });
});
