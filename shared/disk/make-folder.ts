import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from '#shared/errors/index.ts';

/**
 * Makes a folder and those above it that are missing. Not Node's `recursive`: that spins for ever below a folder in which the
 * system makes none and says ENOENT (`/proc`).
 *
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (isThereNow(folder)) return;
  makeFolder(dirname(folder));
  if (!isThereNow(folder)) mkdirSync(folder);
}

/** Makes one folder: true where it is there now, false where its parent is missing, or seems to be. */
function isThereNow(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT' && dirname(folder) !== folder) return false;
    throw error;
  }
}
