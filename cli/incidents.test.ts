import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { freePort } from '#test/stack/server.ts';
import { runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const finding = sampleFinding({ domain: 'default' });
const logger = pino({ level: 'silent' });
const configuration = `people:\n  wang: { name: "王芳" }\nhttp: { token: a-token-of-the-test }\n`;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-incidents-'));
  writeFileSync(join(cwd, 'logpatrol.yaml'), configuration);
  writeFileSync(join(cwd, 'shop.log'), '');
});
afterAll(() => rmSync(cwd, { recursive: true }));

async function putFinding(bus: Bus): Promise<void> {
  const writer = await bus.writer('test');
  const value = JSON.stringify(finding);
  await writer.write([{ topic: topic.findings, partition: 0, key: finding.id, value }]);
  await writer.close();
  await bus.close();
}

/** Takes it on, hands it over and looks who did, whoever holds the data. @param address of who asked, where a process was asked */
async function live(env: Record<string, string>, address?: string): Promise<void> {
  const run = (...args: string[]) => runCli(args, { cwd, env });
  const taken = await run('incidents', 'ack', finding.id, '--by', 'wang', '--note', 'on it');
  expect(taken).toEqual({ code: 0, err: '', out: 'It is yours now; the card will say so\n' });
  const handed = await run('incidents', 'hand-over', finding.id, '--to', 'wang', '--by', 'bo');
  expect(handed).toMatchObject({ code: 0, out: 'Handed over to 王芳\n' });
  const stranger = await run('incidents', 'hand-over', finding.id, '--to', 'mallory', '--by', 'bo');
  expect(stranger).toMatchObject({ code: 2, err: expect.stringMatching(/^logpatrol: Choose to whom/) });
  expect(await run('incidents', 'resolve', '0-ffff-1', '--by', 'bo')).toMatchObject({ code: 2 });
  const added = await run('controls', 'add', '--rule', 'rates.new', '--for', '1h', '--by', 'bo');
  expect(added.code).toBe(0);

  const all = JSON.parse((await run('audit', 'list', '--format', 'json')).out);
  expect(all).toHaveLength(5);
  const from = ({ via, address }: { via: string; address?: string }) => `${via} ${address}`;
  expect(new Set(all.map(from))).toEqual(new Set([`cli ${address}`]));
  expect(all[0]).toMatchObject({ action: 'control.add', by: { id: 'bo' }, outcome: 'done' });
  const mine = await run('audit', 'list', '--by', 'wang', '--incident', finding.id, '--since', '1h');
  const way = address === undefined ? 'cli' : 'cli, http\\.token';
  expect(mine.out).toMatch(
    new RegExp(`^TIME .*\\n\\S+ +王芳 +${way} +acknowledge +done +${finding.id} +on it\\n$`),
  );
  expect((await run('audit', 'list', '--since', '2999-01-01')).out).toBe('nobody did anything\n');
  expect(
    (await run('audit', 'list', '--limit', '2', '--format', 'ndjson')).out.trim().split('\n'),
  ).toHaveLength(2);
}

describe('on the embedded bus', () => {
  it('works where nobody runs', async () => {
    const dataDir = join(cwd, 'data');
    const bus = await openEmbeddedBus({ dataDir, maxBytes: 1e8, logger });
    await bus.setup(topicSpecs(ConfigSchema.parse({})));
    await putFinding(bus);
    await live({});
  });

  it('asks the process that runs', async () => {
    const env = {
      LOGPATROL_LANGUAGE: 'en',
      LOGPATROL_HTTP_PORT: String(await freePort()),
      LOGPATROL_DATA_DIR: join(cwd, 'data-2'),
    };
    const bus = await openEmbeddedBus({ dataDir: env.LOGPATROL_DATA_DIR, maxBytes: 1e8, logger });
    await bus.setup(topicSpecs(ConfigSchema.parse({})));
    await putFinding(bus);
    const up = startCli(['up', 'shop.log'], { cwd, env });
    try {
      await vi.waitFor(() => expect(up.err()).toContain('logpatrol watches shop.log'), { timeout: 60_000 });
      await live(env, '127.0.0.1');
    } finally {
      up.child.kill('SIGTERM');
      expect(await up.code).toBe(0);
    }
  });
});

const kafka = kafkaAddress();

describe.skipIf(kafka === undefined)('on Kafka', () => {
  const prefix = `incidents-${process.pid}-${Date.now().toString(36)}.`;
  const env = { LOGPATROL_KAFKA_BROKERS: kafka ?? '', LOGPATROL_KAFKA_PREFIX: prefix };
  afterAll(() => removeTopics(kafka ?? '', prefix));

  it('writes the topics itself', async () => {
    expect((await runCli(['setup'], { cwd, env })).code).toBe(0);
    const config = ConfigSchema.parse({ kafka: { brokers: [kafka], prefix } });
    if (config.kafka === undefined) throw new Error('no Kafka');
    await putFinding(await openKafkaBus({ kafka: config.kafka, clientId: 'test', logger }));
    await live(env);
  });
});
