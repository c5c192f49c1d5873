import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { freePort } from '#test/stack/server.ts';
import { type CliRun, runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd: string;
const running: CliRun[] = [];
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-controls-'));
  writeFileSync(join(cwd, 'shop.log'), '');
});
afterEach(async () => {
  for (const run of running.splice(0)) {
    run.child.kill('SIGKILL');
    await run.code;
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** Adds, lists and undoes, whoever holds the data. */
async function liveWithControls(env: Record<string, string>): Promise<void> {
  const run = (...args: string[]) => runCli(['controls', ...args], { cwd, env });
  const added = await run('add', '--service', 'mysql', '--for', '2h', '--by', 'ana', '--note', 'a restore');
  expect(added).toMatchObject({ code: 0, err: '' });
  const id = /^([0-9a-f]{10}) /m.exec(added.out)?.[1] ?? '';
  const later = ['--kind', 'maintenance', '--host', 'db-1', '--from', '2999-01-01', '--for', '1d'];
  expect(await run('add', ...later)).toMatchObject({ code: 0, err: '' });
  expect((await run('list')).out).toMatch(
    new RegExp(`^ID .*\\n${id} +silence +service mysql +ana +in force .* a restore\\n$`),
  );
  const all = JSON.parse((await run('list', '--all', '--format', 'json')).out);
  expect(all).toMatchObject([
    { state: 'planned', scope: { host: 'db-1' } },
    { id, state: 'in force' },
  ]);
  expect(Date.parse(all[0].until) - Date.parse(all[0].from)).toBe(86_400_000);
  for (const { id: each } of all) expect(await run('undo', each)).toMatchObject({ code: 0, err: '' });
  expect(await run('undo', id)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^logpatrol: there is no [^\n]+\n$/),
  });
  expect((await run('list', '--all')).out).toBe('nothing is kept quiet\n');
}

describe('on the embedded bus', () => {
  it('works where nobody runs', () => liveWithControls({}));

  it('asks the process that runs, with its token, and says where it cannot', async () => {
    const env = {
      LOGPATROL_LANGUAGE: 'en',
      LOGPATROL_HTTP_PORT: String(await freePort()),
      LOGPATROL_HTTP_TOKEN: 'a-token-of-the-test',
    };
    const up = startCli(['up', 'shop.log'], { cwd, env });
    running.push(up);
    await vi.waitFor(() => expect(up.err()).toContain('logpatrol watches shop.log'), { timeout: 60_000 });
    await liveWithControls(env);

    const stranger = await runCli(['controls', 'list'], {
      cwd,
      env: { ...env, LOGPATROL_HTTP_TOKEN: 'another-token-1234' },
    });
    expect(stranger).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^logpatrol: send the token [^\n]+\n$/),
    });
    const elsewhere = await runCli(['controls', 'list'], {
      cwd,
      env: { ...env, LOGPATROL_HTTP_PORT: String(await freePort()) },
    });
    expect(elsewhere).toMatchObject({
      code: 78,
      err: expect.stringMatching(
        /^logpatrol: the data folder data is in use by process \d+, and no logpatrol answers at [^\n]+LOGPATROL_HTTP_PORT\)\n$/,
      ),
    });

    appendFileSync(join(cwd, 'shop.log'), 'connect failed: Connection refused to db:5432\n');
    await vi.waitFor(() => expect(up.out()).toMatch(/\n {2}(\S+) r1\n/), { timeout: 30_000 });
    const finding = /\n {2}(\S+) r1\n/.exec(up.out())?.[1] ?? '';
    const silence = ['controls', 'silence', '--incident', finding, '--by', 'ana'];
    // The store has it a moment after the card.
    const silenced = await vi.waitFor(async () => {
      const answer = await runCli([...silence, '--until-resolved'], { cwd, env });
      expect(answer).toMatchObject({ code: 0, err: '' });
      return answer;
    }, 30_000);
    expect(silenced.out).toMatch(
      new RegExp(`\\n[0-9a-f]{10} +silence +incident ${finding} +ana +resolved *\\n$`),
    );
    expect((await runCli([...silence, '--for', '8h'], { cwd, env })).code).toBe(0);
    const both = (await runCli(['controls', 'list', '--format', 'json'], { cwd, env })).out;
    expect(JSON.parse(both)).toMatchObject([
      { scope: { incident: finding }, until: expect.any(String) },
      { scope: { incident: finding }, opening: 1, findingId: finding },
    ]);
    const unknown = ['controls', 'silence', '--incident', '0-f-a', '--until-resolved'];
    expect(await runCli(unknown, { cwd, env })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^logpatrol: there is no incident 0-f-a; [^\n]+\n$/),
    });
    const say = (...args: string[]) =>
      runCli(['feedback', finding, '--not-a-problem', ...args], { cwd, env });
    const dry = await vi.waitFor(async () => {
      const answer = await say('--scope', 'rule', '--everywhere', '--dry-run');
      expect(answer.code).toBe(0);
      return answer;
    }, 30_000);
    expect(dry.out).toMatch(/^would keep quiet about rule \S+, for ever\n {2}of the last 7 days: 1 findings/);
    expect(dry.err).toMatch(/careful: nothing that the rule \S+ finds will be told, of any service\n/);
    const said = await say('--for', '30d', '--note', 'a probe');
    expect(said.out).toMatch(
      /^keeps quiet about fingerprint \S+, service \S+, until .*\n.*\n {2}undo it: logpatrol controls undo \S+\n$/,
    );
    expect((await runCli(['controls', 'list'], { cwd, env })).out).toContain('a probe');
    const audit = await runCli(['audit', 'list', '--incident', finding, '--format', 'ndjson'], { cwd, env });
    const [entry] = audit.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entry).toMatchObject({ action: 'not-a-problem', via: 'cli', note: 'a probe' });
  });
});

describe('a rule', () => {
  const add = (rule: string) => runCli(['controls', 'add', '--rule', rule, '--for', '1h'], { cwd });

  it('that is not there, or is told all the same, is warned of', async () => {
    const unknown = await add('kernel.oom-kilr');
    expect(unknown).toMatchObject({
      code: 0,
      err: 'logpatrol: careful: rule kernel.oom-kilr: there is no such rule\n',
    });
    const pinned = await add('kernel.panic');
    expect(pinned).toMatchObject({
      code: 0,
      err: expect.stringContaining('it is pinned, and told all the same'),
    });
    expect(await add('rates.new')).toMatchObject({ code: 0, err: '' });
  });
});

describe('wrong use', () => {
  it.each<[string[], RegExp]>([
    [['controls', 'silence'], /--incident/],
    [['controls', 'silence', '--incident', 'x', '--until-resolved', '--for', '1h'], /cannot be used with/],
    [['controls', 'add'], /scope: name at least one thing/],
    [['controls', 'add', '--rule', 'r', '--for', 'ever'], /use a duration as 30m/],
    [['controls', 'add', '--rule', 'r', '--for', '1h', '--until', '2999-01-01'], /cannot be used with/],
    [['controls', 'add', '--rule', 'r', '--until', '2020-01-01'], /is over already/],
    [
      ['controls', 'add', '--rule', 'r', '--from', '2999-01-02', '--until', '2999-01-01'],
      /must be later than from/,
    ],
    [['feedback', 'x'], /--not-a-problem/],
    [['feedback', 'x', '--not-a-problem'], /there is no finding x/],
    [['feedback', 'x', '--not-a-problem', '--service-only', '--everywhere'], /cannot be used with/],
  ])('%j', async (args, err) => {
    const run = await runCli(args, { cwd });
    expect(run.err).toMatch(err);
    expect(run.code).toBe(2);
  });
});

const kafka = kafkaAddress();

describe.skipIf(kafka === undefined)('on Kafka', () => {
  const prefix = `controls-${process.pid}-${Date.now().toString(36)}.`;
  const env = { LOGPATROL_KAFKA_BROKERS: kafka ?? '', LOGPATROL_KAFKA_PREFIX: prefix };
  afterAll(() => removeTopics(kafka ?? '', prefix));

  it('writes the topic itself, once it is there', async () => {
    const early = await runCli(['controls', 'list'], { cwd, env });
    expect(early).toMatchObject({ code: 78, err: expect.stringMatching(/run `logpatrol setup` first\n$/) });
    expect((await runCli(['setup'], { cwd, env })).code).toBe(0);
    await liveWithControls(env);
  });
});
