import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { codeOf, LogpatrolError, messageOf } from '#shared/errors/index.ts';

/** Far beyond any file of the layout: something else stands there. */
const maxBytes = 256 * 1024;

/**
 * The text of one file; undefined where there is none.
 *
 * @param place `<consumer>/<file>` below `folder`
 * @throws LogpatrolError `unusable-environment` where it is there and cannot be read, or is empty
 */
export function readSecretFile(folder: string, place: string): string | undefined {
  const path = join(folder, place);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(`${path} cannot be read: ${messageOf(error)}; run this as the user that owns it`, error);
  }
  if (text.trim() === '')
    throw unusable(`${path} is empty; delete it and run: logpatrol secrets init ${folder}`);
  if (text.length > maxBytes)
    throw unusable(`${path} holds ${text.length} characters: this is no secret of ours`);
  return text;
}

/**
 * Writes one file: whole or not at all, readable for its owner alone. What is written stands beside it first, in its own
 * folder, for that may be a volume of its own.
 *
 * @throws LogpatrolError `unusable-environment` where the folder cannot be made or written
 */
export function writeSecretFile(folder: string, place: string, text: string): void {
  const path = join(folder, place);
  const beside = `${path}.new`;
  try {
    makeFolder(dirname(path));
    closeToOthers(dirname(path));
    rmSync(beside, { force: true });
    const file = openSync(beside, 'wx', 0o400);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    throw unusable(
      `${path} cannot be written: ${messageOf(error)}; its folder must belong to the user that runs this (${process.getuid?.() ?? 'yours'})`,
      error,
    );
  }
}

/** A mounted folder may belong to somebody else and be writable all the same: then its mode is that one's concern. */
function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

function unusable(message: string, cause?: unknown): LogpatrolError {
  return new LogpatrolError('unusable-environment', message, { cause });
}
