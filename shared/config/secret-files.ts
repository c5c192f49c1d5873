import { readFileSync } from 'node:fs';
import { messageOf } from '#shared/errors/index.ts';
import { settingKeys } from './json-schema.ts';
import type { Path } from './mistake.ts';
import { isSecretKey } from './secrets.ts';

/** What a secret's file is named by: the secret's key and this. */
const suffix = 'File';

/**
 * Puts the content of a file in the place of its name: `tokenFile: /run/secrets/t` becomes `token: …`, for every setting that is a
 * secret. Settings that are called so of their own (`http.tls.keyFile`) are left alone.
 *
 * @param raw what the configuration file says; it is changed
 * @returns mistakes: a file that cannot be read or is empty, a secret that is given twice
 */
export function readSecretFiles(raw: unknown): { path: Path; message: string }[] {
  const found: { path: Path; message: string }[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value))
      if (!readInto(value, key, part, path)) walk(part, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  /** Whether this was the name of a secret's file. */
  const readInto = (object: object, key: string, file: unknown, path: Path): boolean => {
    const secret = key.slice(0, -suffix.length);
    if (!key.endsWith(suffix) || !isSecretKey(secret) || typeof file !== 'string') return false;
    const known = settingKeys(path, object);
    if (known.includes(key) || !known.includes(secret)) return false;
    const mistake = (message: string): void => void found.push({ path: [...path, key], message });
    Reflect.deleteProperty(object, key);
    if (Object.hasOwn(object, secret)) mistake(`there is ${secret} too; leave one of them out`);
    else Reflect.set(object, secret, read(file, mistake));
    return true;
  };
  walk(raw, []);
  return found;
}

/** What is put in the place of a file that is told of already, so that it is not told again as missing or too short. */
const unread = 'x'.repeat(64);

function read(file: string, mistake: (message: string) => void): string {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text !== '') return text;
    mistake(`${file} is empty`);
  } catch (error) {
    mistake(`cannot be read: ${messageOf(error)}`);
  }
  return unread;
}
