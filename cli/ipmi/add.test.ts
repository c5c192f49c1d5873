import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { noBmc } from '#test/stack/bmc.ts';
import { noTerminal } from '../testing/spawn-in-terminal.ts';
import { cliWithBmc } from './testing/cli-with-bmc.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const soon = { timeout: 30_000, interval: 50 };

describe.skipIf(noBmc !== undefined)('logpatrol ipmi add', () => {
  const at = cliWithBmc();
  const described = (name = 'db-2'): string[] => ['add', ...at.here(), '--name', name, '--yes'];

  it('tests, writes, lists and checks; the password is in a file for its owner alone', async () => {
    const before = '# ours\nlanguage: en # cards\n\nhttp:   { port: 0 }\n';
    writeFileSync(join(at.cwd, 'logpatrol.yaml'), before);
    chmodSync(join(at.cwd, 'logpatrol.yaml'), 0o640);
    const added = await at.run([...described(), '--password-file', 'secrets/db-2', '--group', 'rack-7']);
    expect(added.code).toBe(0);
    expect(added.err).toMatch(/it answers: power on, \d+ sensors \(.*Temperatures \d/);
    expect(added.out).toContain('db-2 is in logpatrol.yaml now');
    expect(added.out).not.toContain('comes from');
    const text = readFileSync(join(at.cwd, 'logpatrol.yaml'), 'utf8');
    expect(text.startsWith(before)).toBe(true);
    expect(parse(text).ipmi.servers).toEqual([
      {
        name: 'db-2',
        host: at.bmc.host,
        group: 'rack-7',
        port: at.bmc.port,
        user: at.bmc.user,
        passwordFile: 'secrets/db-2',
      },
    ]);
    const modeOf = (path: string): number => statSync(join(at.cwd, path)).mode & 0o777;
    expect(['logpatrol.yaml', 'secrets', 'secrets/db-2'].map(modeOf)).toEqual([0o640, 0o700, 0o600]);
    expect(at.filesWith(at.bmc.password)).toEqual([join(at.cwd, 'secrets/db-2')]);

    const env = { IPMI_PASSWORD: '' };
    const early = await at.run(['list'], env);
    expect(early).toMatchObject({ code: 0, err: '' });
    expect(early.out).toMatch(/^never polled +db-2 +127\.0\.0\.1:\d+ +rack-7$/m);
    expect((await at.run(['check', '--server', 'db-2'], env)).code).toBe(0);
    const late = await at.run(['list', '--format', 'json'], env);
    expect(JSON.parse(late.out)).toMatchObject({
      problems: [],
      servers: [{ name: 'db-2', enabled: true, status: { outcome: 'ok', power: 'on', health: 'ok' } }],
    });
  });

  it('refuses what is there already, and what the schema refuses', async () => {
    at.configure();
    const text = readFileSync(join(at.cwd, 'logpatrol.yaml'), 'utf8');
    const twice = await at.run(['add', ...at.here(), '--name', 'db-9', '--yes']);
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('on the list already, as db-1') });
    for (const [name, words] of [
      ['db-1', 'there is a server db-1 already'],
      ['a b', 'letters, digits'],
    ]) {
      const again = await at.run(['add', '--host', 'h', '--user', 'u', '--yes', '--name', name ?? '']);
      expect(again).toMatchObject({ code: 2, err: expect.stringContaining(words ?? '') });
    }
    const bare = await at.run(['add', '--yes', '--host', 'h']);
    expect(bare).toMatchObject({ code: 2, err: expect.stringContaining('--name is missing') });
    const none = await at.run(['add', '--yes', '--host', 'h', '--name', 'n', '--user', 'u'], {
      IPMI_PASSWORD: '',
    });
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('there is no password') });
    expect(readFileSync(join(at.cwd, 'logpatrol.yaml'), 'utf8')).toBe(text);
  });

  it('writes nothing where the test fails, unless it is told to', async () => {
    const wrong = { IPMI_PASSWORD: 'not-it' };
    const failed = await at.run([...described(), '--password-file', 'secrets/db-2'], wrong);
    expect(failed.code).toBe(3);
    expect(failed.err).toMatch(/the test failed: .*password.*\nlogpatrol: nothing was written/);
    expect(readdirSync(at.cwd)).toEqual([]);
    const forced = await at.run([...described(), '--force', '--password-env', 'DB_2'], { DB_2: 'not-it' });
    expect(forced.code).toBe(0);
    expect(forced.out).toMatch(/DB_2.*where it runs|DB_2.*也要有它/);
    expect(parse(readFileSync(join(at.cwd, 'logpatrol.yaml'), 'utf8')).ipmi.servers).toMatchObject([
      { name: 'db-2', passwordEnv: 'DB_2' },
    ]);
  });

  it('leaves a configuration with mistakes alone', async () => {
    writeFileSync(join(at.cwd, 'logpatrol.yaml'), 'languag: en\n');
    const { code, err } = await at.run(described());
    expect(code).toBe(78);
    expect(err).toContain('did you mean language?');
    expect(readdirSync(at.cwd)).toEqual(['logpatrol.yaml']);
  });

  it.skipIf(noTerminal !== undefined)('asks on a terminal, shows no password, and can be left', async () => {
    const terminal = at.onTerminal(['add', '--port', String(at.bmc.port)]);
    const answer = async (question: string, text: string): Promise<void> => {
      await vi.waitFor(() => expect(terminal.shown()).toContain(question), soon);
      terminal.type(text);
    };
    await answer('Address or name of the BMC', `${at.bmc.host}\r`);
    await answer('Name of the server here', 'db-3\r');
    await answer('How the machine calls itself', '\r');
    await answer('User of the BMC', `${at.bmc.user}\r`);
    await answer(`Password of ${at.bmc.user} at db-3`, `${at.bmc.password}\r`);
    await answer('Where is the password to be kept?', '\r');
    await answer('Write it to logpatrol.yaml?', '\r');
    expect(await terminal.code).toBe(0);
    expect(stripVTControlCharacters(terminal.shown())).not.toContain(at.bmc.password.slice(0, 4));
    expect(parse(readFileSync(join(at.cwd, 'logpatrol.yaml'), 'utf8')).ipmi.servers).toMatchObject([
      { name: 'db-3', passwordFile: 'data/secrets/db-3.password' },
    ]);
    expect(at.filesWith(at.bmc.password)).toEqual([join(at.cwd, 'data/secrets/db-3.password')]);

    const left = at.onTerminal(['add']);
    await vi.waitFor(() => expect(left.shown()).toContain('Address or name of the BMC'), soon);
    left.type('\u0003');
    expect(await left.code).toBe(2);
    expect(left.shown()).toContain('nothing was written');
  });

  it('list says what is wrong with a list, with 1, and names the servers that are disabled', async () => {
    at.configure(
      '    - { name: db-9, host: 127.0.0.2, enabled: false }\n  inventory: { file: no-such-list.yaml }\n',
    );
    const { code, out, err } = await at.run(['list']);
    expect(code).toBe(1);
    expect(out).toMatch(/^never polled +db-1 /m);
    expect(out).toMatch(/^disabled +db-9 +127\.0\.0\.2:623$/m);
    expect(err).toMatch(/^logpatrol: .*no-such-list\.yaml.*\n$/);
    const json = await at.run(['list', '--format', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({
      problems: [{ where: expect.stringContaining('no-such-list.yaml') }],
      servers: [{ name: 'db-1' }, { name: 'db-9', enabled: false }],
    });
  });
});
