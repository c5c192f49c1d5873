import { createHash, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { getEncoding } from 'js-tiktoken';
import { describe, expect, it } from 'vitest';
import { promptTokens, tokenize } from '#test/stand-ins/ollama/tokens.ts';
import { random } from './testing/mutate.ts';
import { TokenEstimate } from './tokens.ts';

/** A real vocabulary, that of GPT-4, which Qwen and Llama 3 have extended. */
const cl100k = getEncoding('cl100k_base');

/** The most that it makes of a text: as it is, and with one token a digit, as Qwen and Gemma have it. */
function counted(text: string): number {
  const of = (part: string) => cl100k.encode(part, [], []).length;
  const digits = text.split(/(\d)/).filter((part) => part !== '');
  return Math.max(
    of(text),
    digits.reduce((sum, part) => sum + of(part), 0),
  );
}

const next = random(20_260_105);
const some = (alphabet: string, length: number) =>
  Array.from({ length }, () => [...alphabet][Math.floor(next() * [...alphabet].length)]).join('');
const bytes = Buffer.concat(
  Array.from({ length: 12 }, (_, index) => createHash('sha256').update(String(index)).digest()),
);
const folder = new URL('../../../runbooks/', import.meta.url);
const runbooks = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name): [string, string] => [name, readFileSync(new URL(name, folder), 'utf8').slice(0, 600)]);
const small = 'abcdefghijklmnopqrstuvwxyz';

const texts: readonly (readonly [string, string])[] = [
  ...runbooks,
  [
    'a log line',
    'ERROR 2026-01-05T08:00:00.123Z [pool-1-thread-7] c.e.OrderService: connection reset by peer',
  ],
  [
    'frames',
    'at com.example.Foo$Bar.baz(Foo.java:123)\n\tat java.base/java.lang.Thread.run(Thread.java:840)',
  ],
  ['a kernel line', '[UFW BLOCK] IN=eth0 MAC=00:16:3e:5e:6c:00 SRC=10.0.0.1 DPT=22'],
  [
    'JSON',
    '{"@timestamp":"2026-01-05T08:00:00Z","log":{"level":"error"},"message":"java.lang.NullPointerException"}',
  ],
  ['Chinese', '磁盘空间不足：/data 使用率 98%，请尽快清理或扩容。'],
  [
    'rare Chinese',
    Array.from({ length: 400 }, () => String.fromCodePoint(0x4e00 + Math.floor(next() * 0x51ff))).join(''),
  ],
  ['hexadecimal', bytes.toString('hex')],
  ['HEXADECIMAL', bytes.toString('hex').toUpperCase()],
  ['base64', bytes.toString('base64')],
  ['emoji', '🔥💥👨‍👩‍👧🇨🇳✅❌'.repeat(50)],
  ['digits', some('0123456789 ', 400)],
  ['marks', some('{}[]();:,.|=-_<>/\\"\'` \t\n', 400)],
  ['random letters', some(small, 400)],
  ['random LETTERS', some(small.toUpperCase(), 400)],
  ['vowels', some('aeiouyzqx', 400)],
  ['Cyrillic', 'отказано в соединении, повторная попытка через 5 с '.repeat(20)],
  ['', ''],
];

describe('TokenEstimate', () => {
  it.each(texts)('is never below what a real vocabulary, and the stand-in, make of %s', (_, text) => {
    const estimate = new TokenEstimate().estimate(text);
    expect(estimate).toBeGreaterThanOrEqual(counted(text));
    expect(estimate).toBeGreaterThanOrEqual(tokenize(text).length);
  });

  const seed = Number(process.env.LOGPATROL_TEST_SEED ?? randomInt(2 ** 31));

  it(`is never below for texts made up of pieces of any kind (LOGPATROL_TEST_SEED=${seed})`, () => {
    const draw = random(seed);
    const pick = <T>(from: readonly T[], otherwise: T): T =>
      from[Math.floor(draw() * from.length)] ?? otherwise;
    const alphabets = [
      small,
      small + small.toUpperCase(),
      'aeiou',
      '0123456789',
      'abcdef0123456789',
      ' ',
      '\n\t ',
      '{}[]();:,.|=-_',
      '磁盘连接超时',
      'é漢🔥',
    ];
    for (let round = 0; round < 300; round++) {
      let text = '';
      while (text.length < 200) {
        const alphabet = [...pick(alphabets, small)];
        const length = 1 + Math.floor(draw() * 30);
        for (let index = 0; index < length; index++) text += pick(alphabet, 'x');
      }
      expect([text, new TokenEstimate().estimate(text) - counted(text)]).toEqual([
        text,
        expect.toSatisfy((n: number) => n >= 0),
      ]);
    }
  });

  it('learns from English and Chinese, and is still never below for anything else', () => {
    const tokens = new TokenEstimate();
    const before = tokens.estimate(runbooks[0]?.[1] ?? '');
    for (let times = 0; times < 4; times++)
      for (const [, text] of runbooks) tokens.observe([text], counted(text));
    for (const [name, text] of texts.filter(([one]) => one !== 'rare Chinese'))
      expect([name, tokens.estimate(text)]).toEqual([
        name,
        expect.toSatisfy((n: number) => n >= counted(text)),
      ]);
    expect(tokens.estimate(runbooks[0]?.[1] ?? '')).toBeLessThan(0.85 * before);
  });

  it('goes up at once, and not below the most that was counted', () => {
    const tokens = new TokenEstimate();
    const text = 'connection refused by upstream '.repeat(100);
    const most = 2 * tokens.estimate(text);
    tokens.observe([text], most);
    expect(tokens.estimate(text)).toBeGreaterThanOrEqual(most);
    for (let times = 0; times < 50; times++) tokens.observe([text], 10);
    expect(tokens.estimate(text)).toBeGreaterThanOrEqual(most - 50);
  });

  it('does not learn from a server that does not count', () => {
    const tokens = new TokenEstimate();
    const before = tokens.estimate('a b c');
    tokens.observe(['a b c'], 0);
    expect(tokens.estimate('a b c')).toBe(before);
  });

  it('goes up where a prompt was refused', () => {
    const tokens = new TokenEstimate();
    const text = 'word '.repeat(1000);
    const before = tokens.estimate(text);
    tokens.tooLong([text], 100);
    expect(tokens.estimate(text)).toBeGreaterThan(before);
  });

  it('cuts between characters, to what it estimates', () => {
    const tokens = new TokenEstimate();
    for (const [, text] of texts)
      for (const budget of [0, 3, 50, 500]) {
        const cut = tokens.cut(text, budget);
        expect(text.startsWith(cut) && cut.isWellFormed()).toBe(true);
        expect(tokens.estimate(cut)).toBeLessThanOrEqual(budget + 2);
      }
  });

  it('has room for what a chat template adds', () => {
    expect(
      promptTokens([
        { role: 'system', content: '' },
        { role: 'user', content: '' },
      ]),
    ).toBeLessThanOrEqual(40);
  });
});
