import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../testing/spawn-cli.ts';

describe('logpatrol secrets', () => {
  let cwd: string;
  const run = (...args: string[]) => runCli(['secrets', ...args], { cwd });
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'logpatrol-secrets-cli-'));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('makes them without any configuration, says what, and prints none but the one that is asked for', async () => {
    writeFileSync(join(cwd, 'logpatrol.yaml'), 'this: is no configuration');
    const first = await run('init', 'made', '--name', 'logs.example.com', '--name', '10.0.0.7');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^made {2}setup\/ca\.pem$/m);
    const password = readFileSync(join(cwd, 'made/setup/viewer-password'), 'utf8');
    expect(first.out).not.toContain(password);
    expect(await run('init', 'made')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 of \d+ files made/),
    });

    const shown = await run('show', 'made');
    expect(shown.out).toMatch(/^gateway +certificate\.pem +certificate +20\d\d-\d\d-\d\d +ok$/m);
    expect(shown.out).toMatch(/^gateway +elasticsearch-api-key .*logpatrol setup +missing$/m);
    expect(shown.out).not.toContain(password);
    const json: unknown = JSON.parse((await run('show', 'made', '--format', 'json')).out);
    expect(json).toContainEqual(
      expect.objectContaining({ consumer: 'kafka', file: 'keystore.pem', there: true }),
    );
    expect(await run('show', 'made', '--reveal', 'setup/viewer-password')).toMatchObject({
      code: 0,
      out: `${password}\n`,
    });
  });

  it('tells of a name that is missing, and whom to restart after it was added', async () => {
    await run('init', 'named');
    const told = await run('init', 'named', '--name', 'logs.example.com');
    expect(told.err).toContain(
      'kibana/certificate.pem is not for logs.example.com; renew it: logpatrol secrets renew named',
    );
    const renewed = await run('renew', 'named', '--name', 'logs.example.com');
    expect(renewed.out).toMatch(/^renewed {2}kibana\/certificate\.pem \(is not for logs\.example\.com\)$/m);
    expect(renewed.out).toMatch(/^restart these.* kafka elasticsearch kibana /m);
    expect((await run('renew', 'named')).out).toMatch(/^0 of 10 certificates renewed\n$/);
  });

  it.each([
    [['init', 'x', '--name', 'no name'], 2, 'use a host name'],
    [['show', 'x', '--reveal', 'passwd'], 2, 'there is no secret "passwd"'],
    [['show', 'x', '--reveal', 'kafka/key.pem'], 78, 'logpatrol secrets init x'],
    [['renew', 'x'], 78, 'logpatrol secrets init x'],
    [['init', '/proc/logpatrol'], 78, 'cannot be written'],
  ])('says what to do about %j', async (args, code, expected) => {
    const ended = await run(...args);
    expect(ended).toMatchObject({ code, err: expect.stringContaining(expected) });
    expect(ended.err.trimEnd()).not.toContain('\n');
  });
});
