import { describe, expect, it } from 'vitest';
import { createRandom } from '#test/integrity/random.ts';
import { eventLine, parseEvent, plainLine } from './log-line.ts';
import { createMatcher } from './matcher.ts';
import { loadRules, type RuleSet } from './rules/index.ts';
import { readPack } from './rules/read-pack.ts';
import { compareRules } from './rules/rule.ts';
import { sift } from './sift.ts';

/** Rules whose literals are hard to find in JSON: quotes, backslashes, slashes, letters with cases beyond ASCII. */
const awkward = `
pack: awkward
title: t
rules:
${[
  [`k1`, `keywords: ['say "no" now', 'C:\\Windows\\System32']`],
  [`k2`, `keywords: ['/var/lib/disk', "it's <gone> & lost"]`],
  [`k3`, `keywords: ['ÉCHEC général', 'Störung']`],
  [`k4`, `keywords: ['Kraftwerk task', 'mission失败😀']`],
  [`k5`, `keywords: ["tab\\tstop"]`],
  [`r1`, `regex: '(?:disk|task)s? [ab]+ (?<what>lost|"gone")'`],
  [`r2`, `regex: 'a(?:bcd)?efg|无法.{0,9}写入'`],
  [`r4`, `regex: 'task[0-9]'`],
  [`e1`, `resolved-by: { keywords: ['say "no" now', '已恢复', 'disks'] }`],
  [
    `e2`,
    `unless: { regex: 'a(?:bcd)?efg|task[0-9]', within: 30s }\n    resolved-by: { regex: 'Störung|is back' }`,
  ],
  [`t1`, `keywords: ['lost']\n    threshold: 3 in 1m by host`],
  [`t2`, `regex: '(?<what>gone|Störung)'\n    threshold: 3 in 1m by what`],
  [`r3`, `{ regex: '^Kelvin\\b', case-sensitive: true }`],
]
  .map(([id = '', fields = '']) =>
    id.startsWith('e')
      ? `  - id: awkward.${id}\n    title: t\n    why: w\n    source: s\n    severity: warning\n    keywords: [never seen]\n    examples: { match: [x], no-match: [y], clears: [z] }\n    ${fields}`
      : fields.startsWith('{')
        ? `  - { id: awkward.${id}, title: t, why: w, source: s, severity: warning, examples: { match: [x], no-match: [y] }, ${fields.slice(1)}`
        : `  - id: awkward.${id}\n    title: t\n    why: w\n    source: s\n    severity: warning\n    examples: { match: [x], no-match: [y] }\n    ${fields}`,
  )
  .join('\n')}
`;

const reading = readPack(awkward, 'awkward.yaml', 'en');
const shipped = await loadRules({ paths: [], shipped: true, language: 'en' });
// The lines here are of no service in particular.
const general = shipped.rules.filter((rule) => rule.takesService('any'));
const set: RuleSet = { ...shipped, rules: [...general, ...reading.rules].sort(compareRules) };
const matcher = createMatcher(set, 'app');

/** What rules say of a text: who speaks, who counts it, and whom it ends. */
interface Said {
  readonly speaker: string | undefined;
  readonly counted: readonly string[];
  readonly endings: readonly string[];
}

const nothing: Said = { speaker: undefined, counted: [], endings: [] };

/** What the rules say of a text without any gate. */
function alone(text: string): Said {
  const matching = set.rules.filter((rule) => rule.match(text) !== undefined);
  return {
    speaker: matching.find((rule) => rule.threshold === undefined)?.id,
    counted: matching.filter((rule) => rule.threshold !== undefined).map((rule) => rule.id),
    endings: set.rules.flatMap((rule) =>
      matching.includes(rule)
        ? []
        : rule.endings
            .filter(({ pattern }) => pattern.test(text))
            .map(({ purpose }) => `${purpose} ${rule.id}`),
    ),
  };
}

/** What gate and rules say of the raw bytes. */
function gated(value: Buffer): Said {
  if (matcher.gate.find(value, 0, value.length) === -1) return nothing;
  const found = matcher.match(value, 0, value.length, () => {
    const event = parseEvent(value);
    return event === undefined
      ? plainLine(value.toString('utf8'), { host: 'h', type: 'app' }, 0)
      : eventLine(event, 'app', 0);
  });
  if (found === undefined) return nothing;
  return {
    speaker: found.speaker?.rule.id,
    counted: found.counted.map(({ rule }) => rule.id),
    endings: found.endings.map(({ rule, purpose }) => `${purpose} ${rule.id}`),
  };
}

describe('gate and rules', () => {
  it('are all sound here', () => {
    expect(reading.mistakes).toEqual([]);
    expect(matcher.gated).toBe(true);
  });

  const seed = Date.now() % 1_000_000;
  it(`find what the rules alone find, in every writing of JSON (seed ${seed})`, () => {
    const random = createRandom(seed).next;
    const pick = <T>(from: readonly T[]): T => {
      const chosen = from[Math.floor(random() * from.length)];
      if (chosen === undefined) throw new RangeError('nothing to pick from');
      return chosen;
    };
    let hits = 0;
    let endings = 0;
    for (let round = 0; round < 2500; round += 1) {
      const text = randomText(random, pick);
      const expected = alone(text);
      if (expected.speaker !== undefined) hits += 1;
      if (expected.endings.length > 0) endings += 1;
      const written = writings(text, random, pick);
      // One behind another, as a fetch has them.
      const batch = inOneMemory(written.map(([, value]) => Buffer.from(value)));
      const passed = sift(matcher.gate, batch);
      for (const [index, [name, value]] of written.entries()) {
        if (expected.speaker !== undefined || expected.endings.length > 0)
          expect(passed[index], `${name} of ${JSON.stringify(text)}`).toBe(1);
        const parsed: unknown = name === 'raw' ? text : JSON.parse(value).message;
        expect(parsed, name).toBe(text);
        expect(gated(Buffer.from(value)), `${name} of ${JSON.stringify(text)}`).toEqual(expected);
      }
    }
    // The texts must be such that both outcomes are common, or the comparison says little.
    expect(hits).toBeGreaterThan(600);
    expect(hits).toBeLessThan(2300);
    expect(endings).toBeGreaterThan(50);
  });

  it('let only few lines through where nothing is wrong', () => {
    const lines = Array.from(
      { length: 1000 },
      (_, index) =>
        `{"@timestamp":"2026-11-21T00:52:59.000Z","message":"INFO GET /api/v1/orders/${index} 200 in ${index % 97} ms","host":{"name":"web-1"}}`,
    );
    expect(lines.filter((line) => matcher.gate.find(Buffer.from(line), 0, line.length) !== -1)).toEqual([]);
  });
});

/** Values as slices of one buffer, with what Kafka has between them. */
function inOneMemory(values: readonly Buffer[]): { value: Buffer }[] {
  const memory = Buffer.concat(values.flatMap((value) => [Buffer.alloc(7), value]));
  let at = 0;
  return values.map((value) => {
    at += 7 + value.length;
    return { value: memory.subarray(at - value.length, at) };
  });
}

const awkwardTexts = [
  'say "no" now',
  'C:\\Windows\\System32',
  '/var/lib/disk',
  "it's <gone> & lost",
  'ÉCHEC GÉNÉRAL',
  'störung',
  'Kraftwerk task',
  '\u212araftwerk ta\u017f\u212a',
  'mission失败😀',
  'tab\tstop',
  'disks ab lost',
  'di\u017fk a "gone"',
  'aefg',
  '无法 a 写入',
  'Kelvin',
  'TASK5',
  'ta\u017fk5',
  'tas\u212a5',
  'kelvin',
];
const noise = [
  'a',
  'Z',
  '5',
  ' ',
  '"',
  '\\',
  '\n',
  '\u2028',
  '\u0000',
  '\ufffd',
  '中',
  '😀',
  '\ud800',
  '\u0130',
  '/',
  '<',
];

type Pick = <T>(from: readonly T[]) => T;

function randomText(random: () => number, pick: Pick): string {
  const pieces = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const rule = pick(set.rules);
    const whole = pick([
      () => pick(rule.examples.match),
      () => pick(rule.examples['no-match']),
      () => pick(rule.literals ?? ['']),
      () => pick(awkwardTexts),
      () => noise.map(() => pick(noise)).join(''),
    ])();
    const broken =
      random() < 0.3 ? whole.slice(Math.floor(random() * 4), whole.length - Math.floor(random() * 3)) : whole;
    return random() < 0.5 ? broken : otherCase(broken, random);
  });
  return pieces.join(pick(['', ' ', '\n', '"'])).toWellFormed();
}

function otherCase(text: string, random: () => number): string {
  return [...text].map((each) => (random() < 0.5 ? each.toUpperCase() : each.toLowerCase())).join('');
}

/** The text in the ways in which encoders write JSON, common and perverse, and as it is. */
function writings(text: string, random: () => number, pick: Pick): [string, string][] {
  const escaped = (character: string) =>
    Array.from({ length: character.length }, (_, index) => {
      const digits = character.charCodeAt(index).toString(16).padStart(4, '0');
      return `\\u${pick([digits, digits.toUpperCase()])}`;
    }).join('');
  const encode = (isEscaped: (character: string) => boolean) =>
    [...text].map((each) => (isEscaped(each) ? escaped(each) : JSON.stringify(each).slice(1, -1))).join('');
  const isAscii = (character: string) => character <= '\x7f';
  const json: [string, string][] = [
    ['plain', encode(() => false)],
    ['ascii', encode((each) => !isAscii(each))],
    ['mixed', encode((each) => !isAscii(each) && random() < 0.5)],
    ['html', encode((each) => "<>&'".includes(each)).replaceAll('/', '\\/')],
    ['perverse', encode(() => random() < 0.2)],
  ];
  const written = json.map(([name, value]): [string, string] => [
    name,
    `{"host":{"name":"h"},"message":"${value}"}`,
  ]);
  // A text that is a JSON object itself is an event without a message, of which other things are read.
  return parseEvent(Buffer.from(text)) === undefined ? [...written, ['raw', text]] : written;
}
