import { describe, expect, it } from 'vitest';
import { cut, oneLine, plain } from './plain.ts';

describe('plain', () => {
  it('takes out what hides or reorders text, and terminal sequences', () => {
    expect(plain('a\u200bb\u202ec\u001b[31md\ufeff')).toBe('abcd');
  });

  it('shows other controls and lone surrogates as U+FFFD', () => {
    expect(plain('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
  });

  it('knows every kind of line break', () => {
    expect(plain('a\r\nb\rc\u2028d\u0085e')).toBe('a\nb\nc\nd\ne');
    expect(oneLine(' a \r\n\t b ')).toBe('a b');
  });
});

describe('cut', () => {
  it('leaves what fits as it is', () => {
    expect(cut('abc', 3)).toBe('abc');
  });

  it('ends at a break near the limit and says that something is missing', () => {
    expect(cut('connection refused by the database', 28, ' [cut]')).toBe('connection refused by the [cut]');
    expect(cut('连接被拒绝，数据库已满了啊', 7)).toBe('连接被拒绝，…');
  });

  it('never splits a surrogate pair', () => {
    expect(cut('ab😀cd', 3)).toBe('ab…');
  });
});
