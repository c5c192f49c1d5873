import { describe, expect, it } from 'vitest';
import { maskLine } from './mask-line.ts';
import { allVariables, variableMark } from './variables.ts';

/** Numbers that look random and are the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  ...'0 1 12 9999999999 3.5 1,000 12:30:05 -7 +1 10ms 5s 0MB 64KB 0x1f 0xZZ deadbeef0 DEADBEEF abcdefab 8M_5000K U11'.split(
    ' ',
  ),
  ...'jk2_init() imps2 PS/2 a1-b2 1.2.3.4 1.2.3.4:80 /1.2.3.4:80 fe80::1:2:3 00:0D:60:E9:1D:DC FF:F2:9F ::1:2:3 x:1:2:3:4'.split(
    ' ',
  ),
  ...'550e8400-e29b-41d4-a716-446655440000 abcdefab-abcd-abcd-abcd-abcdefabcdef req-38101a0b /a/b /a/b: /usr /a//b, c:\\x\\y x-c:\\y'.split(
    ' ',
  ),
  ...'cp-1.slow1.example.org:8080 web.example.org X_z-1.a.b uid=0 user=root user= (uid=7) key:value type:create 7: 8, 9.'.split(
    ' ',
  ),
  'a'.repeat(70),
  'ab-'.repeat(25),
  '-1'.repeat(40),
  'for user bob',
  'user unknown',
  'Fri Jun 17 07:07:00 2005',
  'jul 1 08:16:53 PDT 2005',
  'x-Jan 12 01:02:03',
  'GET /v2/x?y=1 HTTP/1.1',
  ...[
    '-',
    '--',
    '/',
    ':',
    '.',
    ',',
    '=',
    '(',
    ')',
    '[',
    ']',
    '"',
    '_',
    '%',
    '+',
    'µs',
    'é',
    '日本',
    '\t',
    ' ',
    ' ',
    ' ',
  ],
];

describe('maskLine', () => {
  it('does what replacing the regexes everywhere does', () => {
    const next = random(20_171);
    const everywhere = new RegExp(allVariables.join('|'), 'gi');
    for (let i = 0; i < 20_000; i++) {
      let line = '';
      for (let left = 1 + next(8); left > 0; left--) {
        line += pieces[next(pieces.length)] ?? '';
        if (next(3) > 0) line += ' ';
      }
      expect(maskLine(line), line).toBe(line.replace(everywhere, variableMark));
    }
  });

  it.each([
    ['took 350ms for order 12345', 'took <*> for order <*>'],
    ['id 550e8400-e29b-41d4-a716-446655440000 lost', 'id <*> lost'],
    ['to 10.0.0.5:6379 refused', 'to <*> refused'],
    ['at 0x7ffe12 (deadbeef01)', 'at <*> (<*>)'],
    ['open /var/lib/a/b.db: no such file', 'open <*>: no such file'],
    ['jk2_init() Found child 6725', 'jk2_init() Found child <*>'],
    ['uid=0 euid=-1 user=root', 'uid=<*> euid=<*> user=<*>'],
    ['at Fri Jun 17 07:07:00 2005', 'at <*>'],
    ['"GET /v2/x HTTP/1.1" status: 200', '"GET <*>" status: <*>'],
    ['node web-1.example.org down', 'node <*> down'],
    ['org.apache.v2.app.Server failed', 'org.apache.v2.app.Server failed'],
  ])('%s', (line, masked) => {
    expect(maskLine(line)).toBe(masked);
  });

  it('takes time linear in a hostile line', () => {
    const started = performance.now();
    for (const piece of ['a1-', '/a', 'a.', '1.', ':', 'a1.', '-1', 'user=', 'GET /', '1:', 'Jan '])
      maskLine(piece.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
