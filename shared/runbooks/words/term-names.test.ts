import { expect, it } from 'vitest';
import { TermNames } from './term-names.ts';

it('names each term once, and counts the sections that it is in', () => {
  const names = new TermNames();
  const disk = names.give('磁盘');
  const full = names.give('~full');
  expect(names.give('磁盘')).toBe(disk);
  expect(full).not.toBe(disk);
  names.count(new Set([disk, full]));
  names.count(new Set([disk]));
  expect([disk, full, 't99'].map((name) => names.sections(name))).toEqual([2, 1, 0]);
  expect(names.termOf(full)).toBe('~full');
  expect([names.of('磁盘'), names.of('网卡')]).toEqual([disk, undefined]);
});

it('gives names that are no numbers, for objects with such keys are slow', () => {
  expect(new TermNames().give('磁盘')).toMatch(/^[a-z]\d+$/);
});
