import { describe, expect, it } from 'vitest';
import { compileLinearRegex, maxRegexText } from './linear-regex.ts';

const compile = (source: string, caseSensitive = false) => {
  const compiled = compileLinearRegex(source, { caseSensitive });
  if ('reason' in compiled) throw new Error(compiled.reason);
  return compiled;
};

describe('compileLinearRegex', () => {
  it.each([
    ['(a+)+$', 'stands within another'],
    ['(?:a|b*)*c', 'stands within another'],
    ['(\\w+\\s?)*end', 'stands within another'],
    ['(a)\\1', 'back reference'],
    ['(?<q>["\']).*\\k<q>', 'back reference'],
    ['error(?! expected)', 'lookahead'],
    ['(?<=at )x', 'lookbehind'],
    ['(?:a{1,100}){1,100}', 'multiply to more than 1000'],
    ['a{1001}', 'more than 1000'],
    ['(unclosed', 'Unterminated group'],
    ['a**', 'Nothing to repeat'],
    ['\\Aabc', 'Invalid escape'],
  ])('refuses %s', (source, reason) => {
    const compiled = compileLinearRegex(source, { caseSensitive: false });
    expect('reason' in compiled ? compiled.reason : 'accepted').toContain(reason);
  });

  it('takes what backtracking would run in quadratic time, and runs it in linear time', () => {
    const hostile = 'foo'.repeat(maxRegexText);
    for (const source of ['foo.*bar', '(?<n>\\d+)ms', '\\s+$', '(?:a|aa|aaa)*b']) {
      const regex = compile(source);
      const started = performance.now();
      regex.test(hostile);
      regex.test('1'.repeat(hostile.length));
      regex.test(' '.repeat(hostile.length));
      regex.test('a'.repeat(hostile.length));
      // Quadratic, this would be some billion steps.
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });

  it('captures named groups of a match, and leaves out those that took no part', () => {
    const regex = compile('(?<host>[\\w.-]+):(?<port>\\d+)(?: (?<why>refused))?');
    expect(regex.groups).toEqual(['host', 'port', 'why']);
    expect(regex.captures('to db-1:3306')).toEqual({ host: 'db-1', port: '3306' });
    expect(regex.captures('nothing')).toBeUndefined();
  });

  it('ignores case unless told otherwise, and anchors at every line', () => {
    expect(compile('^error$').test('a\nERROR\nb')).toBe(true);
    expect(compile('^error$', true).test('a\nERROR\nb')).toBe(false);
  });

  it('looks at the beginning of a long text only', () => {
    const text = `${' '.repeat(maxRegexText)}error`;
    expect(compile('error').test(text)).toBe(false);
    expect(compile('error').test(text.slice(5))).toBe(true);
  });
});
