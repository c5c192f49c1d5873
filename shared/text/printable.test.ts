import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it.each([
  ['plain text, 中文 and é stay', 'plain text, 中文 and é stay'],
  ['a\tb', 'a b'],
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['a\r\nb', 'a\\x0d\\x0ab'],
  ['user\u202egpj.exe', 'user\\u{202e}gpj.exe'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
])('%j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
