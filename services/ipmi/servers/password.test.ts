import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { BmcTrouble } from '../inspection.ts';
import { type PasswordPlace, readPassword } from './password.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-passwords-'));
afterAll(() => rmSync(folder, { recursive: true }));
const lines: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}
function read(places: PasswordPlace[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  return readPassword({ server: 'db-1', places, env, logger });
}
async function refusal(places: PasswordPlace[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const error: unknown = await read(places, env).then(
    () => new Error('not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BmcTrouble) || error.outcome !== 'refused') throw error;
  return error.message.replaceAll(folder, 'FOLDER');
}

describe('the password', () => {
  it('is that of the server, else of all, else of the environment', async () => {
    const own = file('own', 'own-one\n');
    const env = { ALL: 'of all', IPMI_PASSWORD: 'default', OWN: 'own-two' };
    expect(await read([{ passwordFile: own, passwordEnv: 'OWN' }, { passwordEnv: 'ALL' }], env)).toBe(
      'own-one',
    );
    expect(await read([{ passwordEnv: 'OWN' }, { passwordFile: own }], env)).toBe('own-two');
    expect(await read([{}, { passwordEnv: 'ALL' }], env)).toBe('of all');
    expect(await read([{}, {}], env)).toBe('default');
    expect(await read([{}, {}], { IPMI_PASSWORD_FILE: own, IPMI_PASSWORD: 'no' })).toBe('own-one');
  });

  it('is read anew each time, and loses one line end alone', async () => {
    const path = file('changing', ' first \r\n');
    expect(await read([{ passwordFile: path }])).toBe(' first ');
    file('changing', 'second');
    expect(await read([{ passwordFile: path }])).toBe('second');
  });

  it('that others may read is told once', async () => {
    const path = file('open', 'x', 0o644);
    lines.length = 0;
    await read([{ passwordFile: path }]);
    await read([{ passwordFile: path }]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('chmod 600');
    expect(lines[0]).toContain(path);
  });

  it('is refused with what to do, and never shown', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const secret = 'a-password-that-is-too-long';
    const refusals = await Promise.all([
      refusal([{}, {}]),
      refusal([{ passwordEnv: 'DB_1' }], { IPMI_PASSWORD: 'x' }),
      refusal([{ passwordFile: join(folder, 'nowhere') }], { IPMI_PASSWORD: 'x' }),
      refusal([{ passwordFile: folder }]),
      refusal([{ passwordFile: join(folder, 'pipe') }]),
      refusal([{ passwordFile: file('empty', '\n') }]),
      refusal([{ passwordFile: file('long', secret) }]),
      refusal([{ passwordFile: file('lines', 'one\ntwo\n') }]),
      refusal([{ passwordFile: file('big', 'x'.repeat(5000)) }]),
      refusal([], { IPMI_PASSWORD: secret }),
    ]);
    expect(refusals).toEqual([
      'db-1: there is no password: set passwordFile or passwordEnv, or the variable IPMI_PASSWORD',
      'db-1: the environment variable DB_1 is not set; set it, or name another place',
      expect.stringMatching(/^db-1: the password file FOLDER\/nowhere cannot be read: ENOENT/),
      'db-1: the password file FOLDER cannot be read: it is no file',
      'db-1: the password file FOLDER/pipe cannot be read: it is no file',
      'db-1: the password in FOLDER/empty is empty',
      'db-1: the password in FOLDER/long is longer than the 20 bytes that IPMI allows',
      'db-1: FOLDER/lines has more than one line; it must hold the password alone',
      'db-1: the password file FOLDER/big cannot be read: it has more than 4096 bytes',
      'db-1: the password in IPMI_PASSWORD is longer than the 20 bytes that IPMI allows',
    ]);
    expect([...refusals, ...lines].join('\n')).not.toContain(secret);
  });
});
