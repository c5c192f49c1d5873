import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
import { BmcTrouble } from '../inspection.ts';

/** Where a server's password is. */
export interface PasswordPlace {
  readonly passwordFile?: string | undefined;
  readonly passwordEnv?: string | undefined;
}

/** Of IPMI 2.0, section 22.30; BMCs of IPMI 1.5 take 16. */
export const maxPasswordBytes = 20;
/** A file that is larger holds something else. */
const maxFileBytes = 4096;

export interface PasswordOptions {
  readonly server: string;
  /** The server's own place, then that of `ipmi`: the first that names a file or a variable counts. */
  readonly places: readonly PasswordPlace[];
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

/** Files that others may read are told once each. */
const toldFiles = new Set<string>();

/**
 * The password, read anew at each call, so that a changed file counts: from the file or the variable that is named, else from
 * `IPMI_PASSWORD_FILE` or `IPMI_PASSWORD`. One line end behind it is no part of it.
 *
 * @throws BmcTrouble `refused` where there is none, or none that a BMC could have
 */
export async function readPassword({ server, places, env, logger }: PasswordOptions): Promise<string> {
  const place = places.find(({ passwordFile, passwordEnv }) => passwordFile ?? passwordEnv) ?? fallback(env);
  const { passwordFile: file, passwordEnv: variable } = place;
  if (file !== undefined) return checked(await textOf(file, server, logger), file, server);
  const text = variable === undefined ? undefined : env[variable];
  if (text !== undefined && text !== '') return checked(text, variable ?? '', server);
  if (variable !== undefined && variable !== 'IPMI_PASSWORD')
    throw refused(server, `the environment variable ${variable} is not set; set it, or name another place`);
  throw refused(
    server,
    'there is no password: set passwordFile or passwordEnv, or the variable IPMI_PASSWORD',
  );
}

function fallback(env: NodeJS.ProcessEnv): PasswordPlace {
  const file = env.IPMI_PASSWORD_FILE;
  return file === undefined || file === '' ? { passwordEnv: 'IPMI_PASSWORD' } : { passwordFile: file };
}

async function textOf(file: string, server: string, logger: Logger): Promise<string> {
  try {
    // A pipe that nobody writes to would be waited for.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > maxFileBytes) throw new Error(`it has more than ${maxFileBytes} bytes`);
    if ((found.mode & 0o004) !== 0 && !toldFiles.has(file)) {
      toldFiles.add(file);
      logger.warn({ file }, 'every user of this machine may read this password file: chmod 600 it');
    }
    return await handle.readFile('utf8');
  } catch (error) {
    throw refused(server, `the password file ${file} cannot be read: ${messageOf(error)}`);
  }
}

function checked(text: string, place: string, server: string): string {
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw refused(server, `the password in ${place} is empty`);
  if (/[\0\r\n]/.test(password))
    throw refused(server, `${place} has more than one line; it must hold the password alone`);
  if (Buffer.byteLength(password) > maxPasswordBytes)
    throw refused(
      server,
      `the password in ${place} is longer than the ${maxPasswordBytes} bytes that IPMI allows`,
    );
  return password;
}

function refused(server: string, message: string): BmcTrouble {
  return new BmcTrouble('refused', `${server}: ${message}`);
}
