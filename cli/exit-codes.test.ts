import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli } from './testing/spawn-cli.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-cli-'));
  writeFileSync(join(cwd, 'wrong.yaml'), 'http:\n  prot: 1\nzebra: 2\n');
  writeFileSync(
    join(cwd, 'right.yaml'),
    'channels: { ops: { type: feishu, webhook: "https://f.example/hook/s3cret" } }\n',
  );
  writeFileSync(join(cwd, 'app.log'), 'all is well\n');
  mkdirSync(join(cwd, 'folder'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** One line on standard error, no stack trace. */
const oneLine = (start: string) => expect.stringMatching(new RegExp(`^${start}[^\\n]*\\n$`));

describe('what is wrong is one clear line and its exit code', () => {
  const table: [args: string[], env: Record<string, string>, code: number, err: unknown][] = [
    [['run', 'nosuch'], {}, 2, oneLine("error: command-argument value 'nosuch' is invalid")],
    [
      ['run', 'analyzer', '--stage', 'notify'],
      {},
      2,
      oneLine('logpatrol: the service analyzer has no stage "notify"'),
    ],
    [['run', 'tail', '--stage', 'detect'], {}, 2, oneLine('logpatrol: the service tail has no stages')],
    [['run'], {}, 2, oneLine("error: missing required argument 'service'")],
    [['frobnicate'], {}, 2, oneLine("error: unknown command 'frobnicate'")],
    [['docter'], {}, 2, "error: unknown command 'docter'\n(Did you mean doctor?)\n"],
    [['doctor', '--frm', 'json'], {}, 2, expect.stringMatching(/^error: unknown option '--frm'\n/)],
    [
      ['doctor', '--format', 'xml'],
      {},
      2,
      oneLine("error: option '--format <format>' argument 'xml' is invalid"),
    ],
    [
      ['dlq', 'replay', '--limit', '0'],
      {},
      2,
      oneLine("error: option '--limit <count>' argument '0' is invalid"),
    ],
    [['completion', 'csh'], {}, 2, oneLine("error: command-argument value 'csh' is invalid")],
    [
      ['channels', 'test', 'nosuch'],
      {},
      2,
      oneLine('logpatrol: there is no channel "nosuch"; there are console'),
    ],
    [['up', 'nosuch.log'], {}, 2, oneLine('logpatrol: nosuch.log does not exist')],
    [['up', '--type', 'web', 'app.log'], {}, 2, oneLine('logpatrol: there is no log type "web"')],
    [
      ['--config', 'nosuch.yaml', 'config', 'check'],
      {},
      78,
      oneLine('logpatrol: cannot read the configuration file '),
    ],
    [
      ['--config', 'folder', 'config', 'check'],
      {},
      78,
      oneLine('logpatrol: cannot read the configuration file '),
    ],
    [
      ['config', 'check'],
      { LOGPATROL_CONFIG: 'nosuch.yaml' },
      78,
      oneLine('logpatrol: cannot read the configuration file'),
    ],
    [
      ['config', 'check'],
      { LOGPATROL_HTTP_PROT: '1' },
      78,
      oneLine(
        'logpatrol: the configuration is wrong: LOGPATROL_HTTP_PROT: .* did you mean LOGPATROL_HTTP_PORT',
      ),
    ],
    [
      ['run', 'all'],
      { LOGPATROL_KAFKA_BROKER: 'a:1' },
      78,
      oneLine('logpatrol: the configuration is wrong: LOGPATROL_KAFKA_BROKER'),
    ],
    [
      ['up', 'app.log'],
      { LOGPATROL_HTTP_PORT: 'x' },
      78,
      oneLine('logpatrol: the configuration is wrong: LOGPATROL_HTTP_PORT'),
    ],
  ];
  it.concurrent.each(table)('%j %j', async (args, env, code, err) => {
    const run = await runCli(args, { cwd, env });
    expect({ code: run.code, err: run.err, out: run.out }).toEqual({ code, err, out: '' });
  });

  it('lists every mistake of a file, each on a line', async () => {
    const { code, err } = await runCli(['--config', 'wrong.yaml', 'doctor'], { cwd });
    expect(code).toBe(78);
    expect(err.split('\n')).toEqual([
      'logpatrol: the configuration has 2 mistakes:',
      '  wrong.yaml:2:3: http.prot: there is no such setting; did you mean port?',
      expect.stringMatching(/^ {2}wrong\.yaml:3:1: zebra: there is no such setting; known here: dataDir/),
      '',
    ]);
  });

  it('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    for (const args of [
      ['run', 'gateway'],
      ['run', 'tail'],
      ['up', 'app.log'],
    ]) {
      const { code, err } = await runCli(args, { cwd, env: { LOGPATROL_HTTP_PORT: port } });
      expect({ args, code, err }).toEqual({
        args,
        code: 78,
        err: oneLine(`logpatrol: port ${port} on 127.0.0.1 is in use by another process`),
      });
    }
    server.close();
  });

  it('a data folder that cannot be one', async () => {
    const { code, err } = await runCli(['run', 'all'], { cwd, env: { LOGPATROL_DATA_DIR: 'app.log/data' } });
    expect({ code, err }).toEqual({ code: 78, err: oneLine('logpatrol: ') });
  });

  it('an old Node', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;
    const { code, err } = await runCli(['--help'], {
      cwd,
      node: ['--import', `data:text/javascript,${old}`],
    });
    expect({ code, err }).toEqual({
      code: 78,
      err: oneLine('logpatrol needs Node 24 or newer, and this is Node 20.19.0'),
    });
  });
});

describe('what goes well is 0', () => {
  it.concurrent.each([
    [['--help']],
    [['help', 'dlq']],
    [['--version']],
    [['config', 'check']],
    [['channels', 'list']],
  ])('%j', async (args) => {
    const { code, err, out } = await runCli(args, { cwd });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toBe('');
  });

  it('prints the configuration without its secrets', async () => {
    const { code, out } = await runCli(['--config', 'right.yaml', 'config', 'print'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('webhook: "********"');
    expect(out).not.toContain('s3cret');
  });
});

it('is quiet when its reader has gone', async () => {
  const run = startCli(['completion', 'bash'], { cwd });
  run.child.stdout?.destroy();
  expect(await run.code).toBe(0);
  expect(run.err()).toBe('');
});
