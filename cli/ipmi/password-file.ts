import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { writeDurably } from './write-configuration.ts';

/** Where the password of a server is kept where nobody says something else. */
export function usualPasswordFile(dataDir: string, server: string): string {
  return join(dataDir, 'secrets', `${server}.password`);
}

/**
 * Writes a password where only this user can read it: mode 0600, in a folder of mode 0700 where it has to be made. One that was there is
 * replaced at once.
 *
 * @throws LogpatrolError `unusable-environment`
 */
export function writePassword(file: string, password: string): void {
  const folder = dirname(file);
  const beside = `${file}.${process.pid}.new`;
  try {
    if (!existsSync(folder)) {
      makeFolder(dirname(folder));
      mkdirSync(folder, { mode: 0o700 });
      chmodSync(folder, 0o700);
    }
    try {
      writeDurably(beside, `${password}\n`, 0o600);
      renameSync(beside, file);
    } finally {
      rmSync(beside, { force: true });
    }
  } catch (error) {
    throw new LogpatrolError(
      'unusable-environment',
      `cannot write the password to ${file}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
