import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { QueueReport } from '#shared/queue/index.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { freePort } from '#test/stack/server.ts';
import { type CliRun, runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd: string;
const running: CliRun[] = [];
const hook = createHttpServer((_request, response) =>
  response.end(JSON.stringify({ code: 19021, msg: 'sign match fail' })),
);
let env: Record<string, string>;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-queue-'));
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const address = hook.address();
  const port = typeof address === 'object' ? address?.port : '';
  writeFileSync(join(cwd, 'app.log'), '');
  writeFileSync(
    join(cwd, 'logpatrol.yaml'),
    `language: en\nchannels:\n  oncall: { type: feishu, webhook: "http://127.0.0.1:${port}/hook" }\n`,
  );
});
afterEach(async () => {
  for (const run of running.splice(0)) {
    run.child.kill('SIGKILL');
    await run.code;
  }
});
afterAll(() => {
  hook.close();
  rmSync(cwd, { recursive: true });
});

const queue = (...args: string[]) => runCli(['queue', ...args], { cwd, env });
async function listed(): Promise<QueueReport> {
  const { out, err, code } = await queue('list', '--format', 'json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return QueueReport.parse(JSON.parse(out));
}

/** Waits until the running process tells of one dead message. */
async function untilDead(): Promise<void> {
  const url = `http://127.0.0.1:${env.LOGPATROL_HTTP_PORT}/api/queue`;
  const isDead = async () => {
    const { channels } = QueueReport.parse(await (await fetch(url)).json());
    return channels[0]?.dead === 1;
  };
  await vi.waitUntil(isDead, { timeout: 60_000, interval: 100 });
}

describe('on the embedded bus', () => {
  it('asks the process that has the data, and looks for itself where none has it', async () => {
    env = { LOGPATROL_HTTP_PORT: String(await freePort()) };
    expect((await queue('list')).out).toMatch(/^CHANNEL +WAITING.*\noncall +0 +0 +0 +0/);
    const run = startCli(['up', 'app.log'], { cwd, env });
    running.push(run);
    await vi.waitFor(() => expect(run.err()).toContain('logpatrol watches app.log'), { timeout: 60_000 });
    appendFileSync(
      join(cwd, 'app.log'),
      `${new Date().toISOString()} ERROR java.lang.OutOfMemoryError: Java heap space\n`,
    );
    await untilDead();
    const [dead] = (await listed()).messages;
    expect(dead).toMatchObject({ state: 'dead', channel: 'oncall', cause: 'permanent', code: '19021' });

    const id = dead?.id ?? '';
    const shown = await queue('show', id);
    expect(shown.out).toMatch(/dead +1 +\d+ +19021 +permanent/);
    expect(await queue('show', 'oncall:nothing:1')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^logpatrol: nothing is known [^\n]+\n$/),
    });
    expect(await queue('list', 'elsewhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no channel'),
    });

    expect(await queue('replay', '--id', id, '--by', 'wang')).toMatchObject({
      code: 0,
      out: `${id}\n1 put back\n`,
    });
    await untilDead();
    run.child.kill('SIGTERM');
    expect(await run.code).toBe(0);
    running.length = 0;
    const { out } = await runCli(['audit', 'list', '--format', 'json'], { cwd, env });
    expect(JSON.parse(out)).toMatchObject([
      { action: 'queue.replay', by: { name: 'wang' }, via: 'cli', address: '127.0.0.1', note: id },
    ]);
    expect((await queue('replay', '--channel', 'oncall', '--since', '1h')).out).toBe(`${id}\n1 put back\n`);
    expect((await queue('replay')).out).toBe('no dead messages\n');
    expect((await listed()).messages[0]).toMatchObject({ id, state: 'waiting', attempts: 0 });
  });
});

describe.skipIf(kafkaAddress() === undefined)('on Kafka', () => {
  it('reads the topics', async () => {
    const prefix = `queue-${process.pid}-${Date.now()}.`;
    env = { LOGPATROL_KAFKA_BROKERS: kafkaAddress() ?? '', LOGPATROL_KAFKA_PREFIX: prefix };
    try {
      expect(await queue('list')).toMatchObject({
        code: 78,
        err: expect.stringContaining('logpatrol setup'),
      });
      expect((await runCli(['setup'], { cwd, env })).code).toBe(0);
      expect((await queue('list')).out).toMatch(/^CHANNEL +WAITING.*\noncall +0 +0 +0 +0/);
      expect((await queue('replay')).out).toBe('no dead messages\n');
    } finally {
      await removeTopics(kafkaAddress() ?? '', prefix);
    }
  });
});
