import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writePassword } from './password-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-password-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('writes where only this user reads', () => {
  const file = join(folder, 'secrets', 'db-1');
  writePassword(file, 'geheim');
  expect(readFileSync(file, 'utf8')).toBe('geheim\n');
  expect([file, join(folder, 'secrets')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700]);
});

it('leaves the password nowhere else where it cannot be written', () => {
  const file = join(folder, 'taken');
  mkdirSync(file);
  expect(() => writePassword(file, 'geheim')).toThrow(/cannot write the password to .*taken/);
  expect(readdirSync(folder)).toEqual(['taken']);
  writeFileSync(join(folder, 'file'), '');
  expect(() => writePassword(join(folder, 'file', 'db-1'), 'geheim')).toThrow(/cannot write the password/);
});
