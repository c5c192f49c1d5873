import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { elasticsearchAddress, kafkaAddress } from '#test/stack/addresses.ts';
import { removeNamespace } from '#test/stack/remove-namespace.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { type CliRun, runCli, startCli } from './testing/spawn-cli.ts';

let cwd: string;
const running: CliRun[] = [];
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-running-'));
  writeFileSync(join(cwd, 'app.log'), '');
});
afterEach(async () => {
  for (const run of running.splice(0)) {
    run.child.kill('SIGKILL');
    await run.code;
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** An address at which nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** A free port for the probes, so that they can be asked before anything is logged. */
async function start(args: string[], env: Record<string, string>): Promise<{ run: CliRun; url: string }> {
  const address = await deadAddress();
  const run = startCli(args, { cwd, env: { ...env, LOGPATROL_HTTP_PORT: address.split(':')[1] ?? '' } });
  running.push(run);
  return { run, url: `http://${address}` };
}

const status = async (url: string): Promise<number> => (await fetch(url)).status;
const soon = { timeout: 60_000, interval: 100 };
// Each of these starts a dozen processes.
vi.setConfig({ testTimeout: 180_000 });

/** Asks it to end, and holds it to 10 s. */
async function stop(run: CliRun, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
  const begun = Date.now();
  run.child.kill(signal);
  const code = await run.code;
  expect(Date.now() - begun).toBeLessThan(10_000);
  return code;
}

describe('logpatrol up, with Node and nothing else', () => {
  it('prints a card for a line, refuses a second one beside it, and remembers where it was', async () => {
    const { run, url } = await start(['up', 'app.log'], { LOGPATROL_LANGUAGE: 'en' });
    await vi.waitFor(() => expect(run.err()).toContain('logpatrol watches app.log'), soon);
    expect(run.err()).toContain(`${url}/metrics`);
    expect(run.err()).toContain('Ctrl-C stops it');
    await vi.waitFor(async () => expect(await status(`${url}/readyz`)).toBe(200), soon);
    appendFileSync(join(cwd, 'app.log'), 'kernel: Out of memory: Killed process 4711 (java)\n');
    await vi.waitFor(() => expect(run.out()).toContain('Killed process 4711'), soon);

    const second = await runCli(['up', 'app.log'], { cwd, env: { LOGPATROL_HTTP_PORT: '0' } });
    expect(second).toMatchObject({ code: 78, err: expect.stringMatching(/^logpatrol: [^\n]+\n$/) });
    const doctor = await runCli(['doctor'], { cwd });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/NOT OK +bus/);

    expect(await stop(run, 'SIGINT')).toBe(0);
    expect(run.err()).not.toMatch(/defect| {4}at /);

    const { run: again } = await start(['up', 'app.log'], { LOGPATROL_LANGUAGE: 'en' });
    await vi.waitFor(() => expect(again.err()).toContain('logpatrol watches app.log'), soon);
    appendFileSync(join(cwd, 'app.log'), 'connect failed: Connection refused to db:5432\n');
    await vi.waitFor(() => expect(again.out()).toContain('Connection refused'), soon);
    expect(again.out()).not.toContain('4711');
    expect(await stop(again)).toBe(0);
    const well = await runCli(['doctor', '--format', 'json'], { cwd });
    expect(well.code).toBe(0);
    expect(JSON.parse(well.out)).toContainEqual(expect.objectContaining({ name: 'config', ok: true }));
  });
});

describe('where Kafka does not answer', () => {
  it('a service waits, live and not ready, says so, and can be stopped; doctor says what to do', async () => {
    const env = { LOGPATROL_KAFKA_BROKERS: await deadAddress() };
    const { run, url } = await start(['run', 'analyzer'], env);
    await vi.waitFor(() => expect(run.err()).toMatch(/waiting for the bus: .*next try in 1 s/), soon);
    expect(await status(`${url}/healthz`)).toBe(200);
    expect(await status(`${url}/readyz`)).toBe(503);
    expect(await stop(run)).toBe(0);
    const doctor = await runCli(['doctor'], { cwd, env });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/NOT OK +kafka /);
    expect(doctor.out).toMatch(/^kafka: check that the broker runs.*troubleshooting\.md#kafka-unreachable/m);
    const setup = await runCli(['setup'], { cwd, env });
    expect(setup).toMatchObject({ code: 1, err: expect.stringMatching(/^logpatrol: [^\n]+\n$/) });
  });
});

const kafka = kafkaAddress();
const elasticsearch = elasticsearchAddress();

describe.skipIf(kafka === undefined || elasticsearch === undefined)('on real Kafka and Elasticsearch', () => {
  const namespace = `cli-${process.pid}-${Date.now().toString(36)}`;
  const env = {
    LOGPATROL_KAFKA_BROKERS: kafka ?? '',
    LOGPATROL_KAFKA_PREFIX: `${namespace}.`,
    LOGPATROL_ELASTICSEARCH_URL: elasticsearch ?? '',
    LOGPATROL_ELASTICSEARCH_NAMESPACE: namespace,
  };
  afterAll(async () => {
    await removeTopics(kafka ?? '', `${namespace}.`);
    await removeNamespace(elasticsearch ?? '', namespace);
  });

  it('is set up once, and then runs', async () => {
    for (const args of [
      ['run', 'indexer'],
      ['dlq', 'list'],
    ]) {
      const early = await runCli(args, { cwd, env: { ...env, LOGPATROL_HTTP_PORT: '0' } });
      expect(early.code).toBe(78);
      expect(early.err.split('\n').at(-2)).toMatch(/^logpatrol: .*is missing.*run `logpatrol setup`/);
    }
    const plan = await runCli(['setup', '--dry-run'], { cwd, env });
    expect(plan.out).toMatch(/\n(\d+) of \1 would change\n$/);
    const first = await runCli(['setup'], { cwd, env });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/\n(\d+) of \1 changed\n$/);
    const again = await runCli(['setup'], { cwd, env });
    expect(again.out).toMatch(/\n0 of \d+ changed\n$/);
    // Nobody runs yet, so that no group has a member.
    const setUp = ['bus', 'topics', 'store', 'elasticsearch-assets'];
    const doctor = await runCli(['doctor', '--only', ...setUp], { cwd, env });
    expect(doctor).toMatchObject({ code: 0, out: expect.not.stringContaining('NOT OK') });

    const { run, url } = await start(['run', 'all'], env);
    await vi.waitFor(async () => expect(await status(`${url}/readyz`)).toBe(200), soon);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('process_resident_memory_bytes');
    await vi.waitFor(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toMatch(/logpatrol_bus_takeover_seconds_count\{group="correlate"\} 1/);
    }, soon);
    for (const line of run.err().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty(['log.level']);
    expect(await stop(run)).toBe(0);
  });

  it('starts while Elasticsearch is away, and says that it is not ready', async () => {
    const away = { ...env, LOGPATROL_ELASTICSEARCH_URL: `http://${await deadAddress()}` };
    const { run, url } = await start(['run', 'indexer'], away);
    await vi.waitFor(() => expect(run.err()).toContain('"started"'), soon);
    expect(await status(`${url}/healthz`)).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      dependencies: expect.arrayContaining([expect.objectContaining({ name: 'elasticsearch', ok: false })]),
    });
    expect(await stop(run)).toBe(0);
  });
});
