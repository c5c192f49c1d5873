import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { plainLine } from './log-line.ts';
import { mask } from './mask.ts';
import { readPack } from './rules/read-pack.ts';

const pack = `pack: mine
title: t
rules:
  - { id: mine.any, title: t, why: w, source: s, severity: warning, keywords: [abc], examples: { match: [abc], no-match: [x] } }
  - { id: mine.one, title: t, why: w, source: s, severity: warning, keywords: [abc], correlate-by: [], examples: { match: [abc], no-match: [x] } }
`;
const [any, one] = readPack(pack, 'mine.yaml', 'en').rules;
if (any === undefined || one === undefined) throw new Error('the pack of this test is wrong');

function of(text: string, host = 'web-1', rule = any): string {
  if (rule === undefined) throw new Error('no rule');
  const line = plainLine(text, { host, type: 'app', service: 'shop' }, Date.UTC(2026, 10, 21));
  return fingerprint({
    rule,
    service: line.service,
    captures: {},
    message: line.message,
    hosts: [host, line.loggedHost ?? host],
  });
}

describe('mask', () => {
  it.each([
    ['took 350ms for order 12345', 'took 999ms for order 7'],
    ['id 550e8400-e29b-41d4-a716-446655440000 lost', 'id 00000000-0000-4000-8000-000000000000 lost'],
    ['to 10.0.0.5:6379 refused', 'to 192.168.1.17:6380 refused'],
    ['peer fe80::1ff:fe23:4567:890a gone', 'peer 2001:db8:0:0:1:0:0:1 gone'],
    ['open /var/lib/a/b.db failed', 'open /srv/x/y/z.log failed'],
    ['at 0x7ffe12 fault', 'at 0xdeadbeef fault'],
    ['node R02-M1-N0-C:J12-U11 down', 'node R30-M0-NC-I:J18-U01 down'],
    [
      'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 bad',
      'commit 1234567890abcdef1234567890abcdef12345678 bad',
    ],
    ['used 93% of 12 GB', 'used 7% of 900 MB'],
  ])('makes one of: %s | %s', (a, b) => {
    expect(mask(a)).toBe(mask(b));
    expect(mask(a)).toContain('*');
  });

  it('keeps words', () => {
    expect(mask('Connection refused by database primary')).toBe('Connection refused by database primary');
  });

  it('takes time linear in a hostile text', () => {
    const started = performance.now();
    for (const text of [
      'a1-'.repeat(50_000),
      '/a'.repeat(50_000),
      'a.'.repeat(50_000),
      '1.'.repeat(50_000),
      ':'.repeat(99_999),
    ])
      mask(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('fingerprint', () => {
  it('is 16 hexadecimal digits, and stays the same from version to version', () => {
    expect(of('2026-11-21T00:00:00Z abc failed 17 times')).toBe('7cd381dce960bd34');
  });

  it('does not depend on host, time or numbers', () => {
    const texts = [
      of('Nov 20 00:52:59 web-1 shop[12]: abc on web-1 failed after 3s'),
      of('Nov  3 11:12:13 web-2 shop[99]: abc on web-2 failed after 12s', 'web-2'),
      of('Nov  3 11:12:13 web-2 shop[99]: abc on web-2 failed after 12s', 'relay-host'),
    ];
    expect(new Set(texts).size).toBe(1);
  });

  it('tells different failures, rules and services apart', () => {
    expect(of('abc failed to open')).not.toBe(of('abc failed to close'));
    expect(of('abc', 'web-1', any)).not.toBe(of('abc', 'web-1', one));
  });

  it('follows correlate-by where the rule names captures, or none', () => {
    expect(of('abc first', 'h', one)).toBe(of('something else abc', 'h', one));
  });

  const java = (
    message: string,
    line: number,
    thread: string,
  ) => `2026-11-21 00:00:0${line} ERROR [${thread}] c.e.Shop - ${message}
java.lang.IllegalStateException: ${message}
\tat com.example.shop.Orders.save(Orders.java:${line})
\tat com.example.shop.Api.post(Api.java:1${line})
Caused by: java.sql.SQLException: row ${line}
\tat com.mysql.jdbc.Driver.run(Driver.java:${line}0)
\t... 12 more`;

  it.each<[string, string, string, string]>([
    [
      'Java',
      java('abc 1', 1, 'a'),
      java('abc for user bob', 7, 'b'),
      java('abc 1', 1, 'a').replace('Driver.run', 'Driver.walk'),
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in save\n    abc()\nKeyError: \'x\'',
      'Traceback (most recent call last):\n  File "/srv/a.py", line 99, in save\n    abc()\nKeyError: \'other\'',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in load\n    abc()\nKeyError: \'x\'',
    ],
    [
      'Node',
      'TypeError: abc is not a function\n    at save (/app/a.js:1:2)\n    at run (/app/b.js:3:4)',
      'TypeError: abc is not a function\n    at save (/srv/v2/a.js:10:20)\n    at run (/app/b.js:3:4)',
      'TypeError: abc is not a function\n    at load (/app/a.js:1:2)\n    at run (/app/b.js:3:4)',
    ],
    [
      'Go',
      'panic: abc index 5\n\ngoroutine 1 [running]:\nmain.save(0x1)\n\t/app/a.go:3 +0x1d',
      'panic: abc index 7\n\ngoroutine 88 [running]:\nmain.save(0xc000)\n\t/srv/a.go:30 +0x99',
      'panic: abc index 5\n\ngoroutine 1 [running]:\nmain.load(0x1)\n\t/app/a.go:3 +0x1d',
    ],
  ])(
    'of a %s trace is the same at another line and with another message, and another for another place',
    (_, a, same, other) => {
      expect(of(a)).toBe(of(same));
      expect(of(a)).not.toBe(of(other));
    },
  );

  it.each<[string, string, string]>([
    [
      'Java',
      'java.lang.IllegalStateException: abc for order 7\n\tat com.example.Orders.save(Orders.java:3)',
      'java.lang.IllegalStateException: abc for order 8\n\tat com.example.Orders.load(Orders.java:3)',
    ],
    [
      'Java without frames',
      'java.io.IOException: abc broke for order 7',
      'java.io.IOException: abc is gone for order 7',
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in save\n    abc()\nKeyError: \'x\'',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in save\n    abc()\nIndexError: 1',
    ],
    [
      'Python, cut off',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in save\n    abc()',
      'Traceback (most recent call last):\n  File "/app/a.py", line 3, in load\n    abc()',
    ],
    [
      'Node',
      'TypeError [ERR_ABC]: abc is not a function\n    at save (/app/a.js:1:2)',
      'RangeError [ERR_ABC]: abc is not a function\n    at save (/app/a.js:1:2)',
    ],
    [
      '.NET',
      'Npgsql.PostgresException (0x80004005): abc 7\n   at Acme.Db.Open() in /src/Db.cs:line 10',
      'Npgsql.NpgsqlException (0x80004005): abc 7\n   at Acme.Db.Open() in /src/Db.cs:line 10',
    ],
    [
      'Go',
      'panic: abc index 5\n\ngoroutine 1 [running]:\nmain.save(0x1)\n\t/app/a.go:3 +0x1d',
      'panic: abc is nil\n\ngoroutine 1 [running]:\nmain.save(0x1)\n\t/app/a.go:3 +0x1d',
    ],
  ])('of %s is the same with a log line above, whatever that says', (_, trace, other) => {
    const fingerprints = [
      of(trace),
      of(`2026-11-20T01:47:06.007Z ERROR [worker-1] OrderService - Error: cannot save order 1\n${trace}`),
      of(`2026-11-20T02:11:12.013Z ERROR [worker-2] OrderService - gave up after 7 s\n\n${trace}`),
      of(`ERROR:root:failed\n${trace}`),
    ];
    expect(new Set(fingerprints).size).toBe(1);
    expect(of(`ERROR:root:failed\n${other}`)).not.toBe(fingerprints[0]);
  });
});
