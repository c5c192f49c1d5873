import { readFileSync } from 'node:fs';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';

/**
 * The text of a PEM file.
 *
 * @param setting the setting that names it, for the message
 * @throws LogpatrolError `invalid-config` where it cannot be read or holds nothing in PEM
 */
export function readPem(file: string, setting: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LogpatrolError('invalid-config', `${setting}: ${file} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (!/-----BEGIN [A-Z ]+-----/.test(text))
    throw new LogpatrolError(
      'invalid-config',
      `${setting}: ${file} is not PEM (a line of -----BEGIN …----- is missing)`,
    );
  return text;
}
