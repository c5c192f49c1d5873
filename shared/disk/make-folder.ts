import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from '#shared/errors/index.ts';

const ownerAlone = { mode: 0o700 };

/**
 * Makes a folder and those above it that are missing, for their owner alone: log lines are kept in them. Not Node's `recursive`: that spins for ever below a folder in which the
 * system makes none and says ENOENT (`/proc`).
 *
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (isThereNow(folder)) return;
  makeFolder(dirname(folder));
  if (!isThereNow(folder)) mkdirSync(folder, ownerAlone);
}

/** Makes one folder: true where it is there now, false where its parent is missing, or seems to be. */
function isThereNow(folder: string): boolean {
  try {
    mkdirSync(folder, ownerAlone);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT' && dirname(folder) !== folder) return false;
    throw error;
  }
}
