import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

it('makes what is missing, for its owner alone, and takes what is there', () => {
  const root = mkdtempSync(join(tmpdir(), 'make-folder-'));
  const path = join(root, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  for (const made of [path, join(root, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
  rmSync(root, { recursive: true });
});

it.skipIf(!existsSync('/proc/version'))('ends where the system makes no folder', () => {
  expect(() => makeFolder('/proc/nope/deeper')).toThrow(/ENOENT/);
});
