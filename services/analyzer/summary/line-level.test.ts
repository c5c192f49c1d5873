import { expect, it } from 'vitest';
import { levelOf } from './line-level.ts';

it.each([
  ['2026-11-20 10:00:00 ERROR no room', undefined, 'error'],
  ['CRITICAL: no room', undefined, 'fatal'],
  ['[warn] worker is slow', undefined, 'warning'],
  ['level=debug msg="error budget is fine"', undefined, 'debug'],
  ['INFO no error at all', undefined, 'info'],
  ['something', 'Error', 'error'],
  ['INFO something', 'warn', 'warning'],
  ['something', { a: 1 }, 'none'],
  ['something', 'loud', 'none'],
  ['connection failed with an exception', undefined, 'error'],
  ['数据库异常', undefined, 'error'],
  ['1.2.3.4 - - [20/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 157', undefined, 'error'],
  ['1.2.3.4 - - [20/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 502', undefined, 'none'],
  ['constructor', 'constructor', 'none'],
  ['', undefined, 'none'],
])('takes %j with level %j for %s', (message, field, level) => {
  expect(levelOf(message, field)).toBe(level);
});
