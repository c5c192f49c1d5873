import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Finding } from '#shared/model/index.ts';

const logpatrol = fileURLToPath(new URL('logpatrol.js', import.meta.url));

let folder: string;
let log: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-cli-'));
  log = join(folder, 'shop.log');
  await writeFile(log, '2020-01-02T03:04:05Z Connection refused \u001b[31m\nall is well\n数据库宕机\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [logpatrol, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, LOGPATROL_CONFIG: '' },
  });
  return { status, stdout, stderr };
}

describe('logpatrol scan', () => {
  it('prints one finding a line as the model has it', () => {
    const { status, stdout, stderr } = run(['scan', '--format', 'ndjson', '--host', 'h1', log]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const findings = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Finding.parse(JSON.parse(line)));
    expect(findings.map(({ rule, severity, hosts }) => ({ rule, severity, hosts }))).toEqual([
      { rule: 'chinese.down', severity: 'critical', hosts: ['h1'] },
      { rule: 'network.connection-refused', severity: 'warning', hosts: ['h1'] },
    ]);
  });

  it('prints a table that shows hostile text and colours nothing in a pipe', () => {
    const { stdout } = run(['scan', log]);
    expect(stdout).toMatch(/^SEVERITY .*\ncritical .*chinese\.down.*\nwarning .*\\x1b\[31m/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints a JSON document where there is nothing, too', () => {
    expect(JSON.parse(run(['scan', '--format', 'json', '-'], 'all is well\n').stdout)).toEqual([]);
  });

  it('exits with 1 where --fail-on is reached', () => {
    expect(run(['scan', '--fail-on', 'critical', log]).status).toBe(1);
    expect(run(['scan', '--fail-on', 'critical', '-'], 'Connection refused\n').status).toBe(0);
  });

  it.each<[string, string[], RegExp]>([
    ['a missing file', ['scan', 'none.log'], /^logpatrol: none\.log does not exist\n$/],
    ['a directory', ['scan', '.'], /^logpatrol: \. is a directory; name the files in it\n$/],
    ['missing rules', ['scan', '--rules', 'none.yaml', 'x'], /^logpatrol: cannot read rules at none\.yaml: /],
  ])('exits with 2 and one clear line for %s', (_, args, message) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it('works with rules of the user’s own, and refuses wrong ones with file and line', async () => {
    const pack = (regex: string) =>
      `pack: mine\ntitle: t\nrules:\n  - { id: mine.a, title: Mine, why: w, source: s, severity: critical,\n      regex: '${regex}', examples: { match: [xyzzy], no-match: [x] } }\n`;
    await writeFile(join(folder, 'good.yaml'), pack('xyzz+y'));
    await writeFile(join(folder, 'bad.yaml'), pack('(x+)+y'));
    expect(run(['scan', '--rules', 'good.yaml', '-'], 'xyzzy\n').stdout).toContain('mine.a');
    const bad = run(['scan', '--rules', 'bad.yaml', '-'], 'xyzzy\n');
    expect(bad.status).toBe(78);
    expect(bad.stderr).toMatch(/bad\.yaml:5: rules\[0\]\.regex: the repetition x\+ stands within another/);
    expect(run(['rules', 'lint', 'bad.yaml'])).toMatchObject({ status: 1 });
    expect(run(['rules', 'lint', 'good.yaml'])).toMatchObject({
      status: 0,
      stdout: '1 rule in 1 pack: all right\n',
    });
  });

  it('refuses a route to a rule pack that is not there, for nobody would look', async () => {
    await writeFile(join(folder, 'mistyped.yaml'), 'routes: { app: { packs: [jmv] } }\n');
    const { status, stdout, stderr } = run(['--config', 'mistyped.yaml', 'scan', log]);
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(stderr).toMatch(/^logpatrol: routes\.app\.packs: there is no rule pack "jmv"; there are .*\n$/);
  });

  it('prints all of it into a pipe, whatever its length', async () => {
    const words = Array.from({ length: 300 }, (_, index) =>
      index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b'),
    );
    const { status, stdout } = run(
      ['scan', '--format', 'ndjson', '-'],
      words.map((word) => `ERROR ${word}zz cannot go on\n`).join(''),
    );
    expect({ status, findings: stdout.trimEnd().split('\n').length }).toEqual({ status: 0, findings: 300 });
  });

  it('says nothing when its reader has had enough', async () => {
    await writeFile(join(folder, 'many.log'), 'Connection refused\n'.repeat(200_000));
    const child = spawn(process.execPath, [logpatrol, 'rules', 'match', join(folder, 'many.log')]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('logpatrol rules', () => {
  it('match prints each line that a rule matches', () => {
    const { status, stdout } = run(['rules', 'match', '--format', 'ndjson', log]);
    expect(status).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        file: log,
        line: 1,
        rule: 'network.connection-refused',
        severity: 'warning',
        text: '2020-01-02T03:04:05Z Connection refused \u001b[31m',
      },
      { file: log, line: 3, rule: 'chinese.down', severity: 'critical', text: '数据库宕机' },
    ]);
  });

  it('list and lint take the shipped packs', () => {
    expect(run(['rules', 'list']).stdout).toMatch(/^SEVERITY .*\ncritical +\S+\./);
    const listed = run(['rules', 'list', '--format', 'ndjson'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listed.find(({ id }) => id === 'auth.guessing')).toMatchObject({
      threshold: '10 in 2m by address',
      'at-most': '4 in 1h',
    });
    expect(listed.find(({ id }) => id === 'network.link-down')).toMatchObject({
      unless: 'within 10s',
      'resolved-by': true,
    });
    expect(run(['rules', 'lint'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/: all right\n$/),
    });
  });
});
