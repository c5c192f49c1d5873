import { describe, expect, it } from 'vitest';
import { compileLinearRegex } from './linear-regex.ts';
import { requiredLiterals } from './required-literals.ts';

function literalsOf(source: string): readonly string[] | undefined {
  const compiled = compileLinearRegex(source, { caseSensitive: true });
  if ('reason' in compiled) throw new Error(compiled.reason);
  return requiredLiterals(compiled.pattern);
}

describe('requiredLiterals', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['connection refused', ['connection refused']],
    ['^\\bfatal\\b$', ['fatal']],
    ['foo.*barbaz', ['barbaz']],
    ['kill(?:ed)? process', ['kill process', 'killed process']],
    ['(?:disk|volume) full', ['disk full', 'volume full']],
    ['EXT[234]-fs', ['EXT2-fs', 'EXT3-fs', 'EXT4-fs']],
    ['(?:timeout)+!', ['timeout']],
    ['(?:timeout)*abc', ['abc']],
    ['abc|def', ['abc', 'def']],
    ['abc|d?', undefined],
    ['abc|\\d+', undefined],
    ['\\d{4}', undefined],
    ['ab', undefined],
    ['(?<p>\\w+) at (?:x|longer) end', [' at x end', ' at longer end']],
    ['a\\nbcd', ['bcd']],
    ['[^x]abc', ['abc']],
    ['无法(?:连接|写入)', ['无法连', '无法写']],
    ['Störung', ['rung']],
    ['(?:a/bcd|efg)', ['bcd', 'efg']],
    // Longer, but in every other line of many logs.
    ['Server [a-z]+ is UP', [' is UP']],
    ['Server \\d+', ['Server ']],
    ['', undefined],
  ])('%s', (source, expected) => {
    expect(literalsOf(source)).toEqual(expected);
  });
});
