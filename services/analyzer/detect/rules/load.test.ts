import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedExamples, loadRules, reviewRules } from './index.ts';
import { mistakeText, readPack } from './read-pack.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-rules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rule = (id: string, fields: string) => `  - id: ${id}
    title: t
    why: w
    source: s
    severity: warning
    ${fields}
    examples: { match: [abcd], no-match: [x] }
`;
const pack = (...rules: string[]) => `pack: mine\ntitle: Mine\nrules:\n${rules.join('')}`;
const mistakesOf = (text: string) => readPack(text, 'mine.yaml', 'en').mistakes.map(mistakeText);

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('readPack', () => {
  it('refuses a regex that could run in more than linear time, with file and line', () => {
    expect(mistakesOf(pack(rule('mine.a', 'keywords: [abc]'), rule('mine.b', "regex: '(a+)+$'")))).toEqual([
      expect.stringMatching(
        /^mine\.yaml:16: rules\[1\]\.regex: the repetition a\+ stands within another.*\(at character 2\)$/,
      ),
    ]);
  });

  it('lists every mistake at once, each at its line', () => {
    const text = `pack: mine
title: Mine
rules:
  - id: Mine.A
    title: { zh: 中 }
    why: w
    source: s
    severity: high
    keyword: [abc]
    examples: { match: [], no-match: [x] }
  - id: mine.b
`;
    expect(mistakesOf(text)).toEqual([
      expect.stringMatching(/^mine\.yaml:4: rules\[0\]\.id: write <pack>\.<name>/),
      expect.stringMatching(/^mine\.yaml:5: rules\[0\]\.title: write a text/),
      expect.stringMatching(/^mine\.yaml:8: rules\[0\]\.severity: /),
      expect.stringMatching(/^mine\.yaml:10: rules\[0\]\.examples\.match: /),
      'mine.yaml:9: rules[0].keyword: there is no such field',
      ...['title', 'why', 'source', 'severity', 'examples'].map((field) =>
        expect.stringMatching(new RegExp(`^mine\\.yaml:11: rules\\[1\\]\\.${field}: `)),
      ),
    ]);
  });

  it.each([
    [
      'keywords: [abc]\n    correlate-by: [host]',
      'mine.yaml:10: rules[0].correlate-by: the regex has no group (?<host>…)',
    ],
    ['runbook: x', 'mine.yaml:4: rules[0]: mine.a: give keywords, a regex or both'],
    [
      'keywords: [abc]\n    threshold: 5 in 1m by address',
      'mine.yaml:10: rules[0].threshold: by is host or a capture, and the regex has no group (?<address>…)',
    ],
    [
      'keywords: [abc]\n    threshold: five',
      'mine.yaml:10: rules[0].threshold: write <count> in <time>, or <count> in <time> by host (or by a capture of the regex): 5 in 1m by host; times in s, m, h or d',
    ],
    ['keywords: [abc]\n    at-most: 5', 'mine.yaml:10: rules[0].at-most: expected string, received number'],
    [
      'keywords: [*timeout]',
      'mine.yaml:9: Unresolved alias (the anchor must be set before the alias): timeout; a text that begins with * or & has to be quoted',
    ],
    [
      'keywords: [abc]\n    unless: { keywords: [fine], within: soon }',
      'mine.yaml:10: rules[0].unless.within: write a time as 30s, 5m, 1h or 1d',
    ],
    [
      "keywords: [abc]\n    resolved-by: { regex: '(a+)+$' }",
      expect.stringMatching(
        /^mine\.yaml:10: rules\[0\]\.resolved-by\.regex: the repetition a\+ stands within another/,
      ),
    ],
  ])('refuses %s', (fields, expected) => {
    expect(mistakesOf(pack(rule('mine.a', fields)))[0]).toEqual(expected);
  });

  it.each([
    ['{ Team: a }', /labels\.Team: name a label in lower-case letters/],
    ['{ owner: a }', /labels\.owner: routes have something else of this name/],
    ['{ asset.rack: a }', /labels\.asset\.rack: name a label/],
    ['{ tier: 1 }', /labels\.tier: write a text; a number or a date in quotes$/],
    ['{ tier: "a\\nb" }', /labels\.tier: write it on one line$/],
    [`{ tier: ${'x'.repeat(101)} }`, /labels\.tier: /],
    [
      `{ ${Array.from({ length: 17 }, (_, index) => `l${index}: x`).join(', ')} }`,
      /labels: 16 labels at most$/,
    ],
  ])('refuses the labels %s', (labels, expected) => {
    const [mistake, ...others] = mistakesOf(pack(rule('mine.a', `keywords: [abcd]\n    labels: ${labels}`)));
    expect(mistake).toMatch(/^mine\.yaml:10: rules\[0\]\./);
    expect(mistake).toMatch(expected);
    expect(others).toEqual([]);
  });

  it('gives each rule its own labels over those of the pack', () => {
    const text = pack(
      rule('mine.a', 'keywords: [abcd]\n    labels: { component: cache, tier: gold }'),
      rule('mine.b', 'keywords: [abcd]'),
    );
    const withPack = text.replace(
      'title: Mine\n',
      'title: Mine\nlabels: { component: database, line: shop }\n',
    );
    const labelsIn = (one: string) => readPack(one, 'mine.yaml', 'en').rules.map(({ labels }) => labels);
    expect(labelsIn(text)).toEqual([{ component: 'cache', tier: 'gold' }, undefined]);
    expect(labelsIn(withPack)).toEqual([
      { component: 'cache', line: 'shop', tier: 'gold' },
      { component: 'database', line: 'shop' },
    ]);
  });

  it('wants of an ending a pattern, an example, and captures that tell incidents apart', () => {
    const ended = (fields: string, clears = '') =>
      mistakesOf(
        pack(rule('mine.a', fields)).replace(
          'no-match: [x]',
          `no-match: [x]${clears && `, clears: [${clears}]`}`,
        ),
      );
    expect(ended('keywords: [abc]\n    resolved-by: {}', 'fine')).toEqual([
      'mine.yaml:10: rules[0].resolved-by: give keywords, a regex or both',
    ]);
    expect(ended('keywords: [abc]\n    resolved-by: { keywords: [fine] }')).toEqual([
      'mine.yaml:11: rules[0].examples: give clears: lines that resolved-by or unless must match',
    ]);
    expect(ended('keywords: [abc]', 'fine')).toEqual([
      'mine.yaml:10: rules[0].examples.clears: there is neither resolved-by nor unless that could match them',
    ]);
    expect(
      ended(
        "regex: '(?<disk>abc)'\n    unless: { regex: '(?<disk>\\w+) is fine', within: 10s }",
        'abc is fine',
      ),
    ).toEqual([
      'mine.yaml:10: rules[0].unless.regex: (?<disk>…) is compared with the capture of the incident: name it in correlate-by, or use (?:…)',
    ]);
    expect(
      ended(
        "regex: '(?<disk>abc)'\n    correlate-by: [disk]\n    unless: { regex: '(?<disk>\\w+) is fine', within: 10s }",
        'abc is fine',
      ),
    ).toEqual([]);
  });

  it('refuses ids that belong to another pack or are there twice, and broken YAML', () => {
    expect(mistakesOf(pack(rule('other.a', 'keywords: [abc]')))).toEqual([
      'mine.yaml:4: rules[0].id: begin it with "mine.", the name of its pack',
    ]);
    expect(mistakesOf(pack(rule('mine.a', 'keywords: [abc]'), rule('mine.a', 'keywords: [abc]')))).toEqual([
      'mine.yaml:11: rules[1].id: there is a rule mine.a already',
    ]);
    // One of them stands: a caller that puts packs together must not take the other for a rule of another pack.
    const twice = pack(rule('mine.a', 'keywords: [abc]'), rule('mine.a', 'keywords: [abc]'));
    expect(readPack(twice, 'mine.yaml', 'en').rules).toHaveLength(1);
    expect(mistakesOf('pack: mine\nrules: [')).toEqual([expect.stringMatching(/^mine\.yaml:2: /)]);
  });
});

describe('loadRules', () => {
  it('throws one error that lists the mistakes of all packs', async () => {
    const one = await written('one.yaml', pack(rule('mine.a', "regex: '(a+)+$'")));
    const two = await written('two.yaml', pack(rule('mine.b', "regex: 'a(?=b)'")));
    await expect(loadRules({ paths: [one, two], shipped: false, language: 'en' })).rejects.toMatchObject({
      kind: 'invalid-config',
      message: expect.stringMatching(/2 mistakes:\n {2}.*one\.yaml:9: .*\n {2}.*two\.yaml:9: /),
    });
  });

  it('says which rules switch the gate off', async () => {
    const path = await written(
      'open.yaml',
      pack(
        rule('mine.a', "regex: '\\d{4}'"),
        rule('mine.b', 'keywords: [abcd]'),
        rule('mine.c', "keywords: [abcd]\n    resolved-by: { regex: '\\d{4}' }").replace(
          'no-match: [x]',
          "no-match: [x], clears: ['1234']",
        ),
      ),
    );
    const { warnings } = await loadRules({ paths: [path], shipped: false, language: 'en' });
    expect(warnings).toEqual([
      expect.stringMatching(/^mine\.c: .*each line of its resolved-by has to contain/),
      expect.stringMatching(/^mine\.a: .*each of its lines has to contain/),
    ]);
  });

  it('refuses the same id in two packs, and paths that are not there', async () => {
    const one = await written('same1.yaml', pack(rule('mine.a', 'keywords: [abcd]')));
    const two = await written('same2.yaml', pack(rule('mine.a', 'keywords: [abcd]')));
    const review = await reviewRules({ paths: [one, two], shipped: false, language: 'en' });
    expect(review.mistakes).toMatchObject([{ file: two, field: 'mine.a' }]);
    await expect(
      loadRules({ paths: [join(folder, 'none.yaml')], shipped: false, language: 'en' }),
    ).rejects.toMatchObject({ kind: 'unreadable-input' });
  });

  it('tries the more severe rule first, then the more specific, and honours filters and exceptions', async () => {
    const path = await written(
      'order.yaml',
      pack(
        rule('mine.short', 'keywords: [abcd]'),
        rule('mine.long', 'keywords: [abcdefgh]'),
        rule('mine.critical', 'keywords: [abc]\n    where: { types: [syslog], services: [db] }').replace(
          'severity: warning',
          'severity: critical',
        ),
        rule('mine.except', "keywords: [zzz]\n    except: { keywords: [fine], regex: 'ok$' }"),
      ),
    );
    const { rules } = await loadRules({ paths: [path], shipped: false, language: 'en' });
    expect(rules.map((each) => each.id)).toEqual(['mine.critical', 'mine.long', 'mine.short', 'mine.except']);
    const [critical, , , except] = rules;
    expect(critical?.takesType('app')).toBe(false);
    expect(critical?.takesService('db')).toBe(true);
    expect(['zzz', 'ZZZ fine', 'zzz ok'].map((text) => except?.match(text) !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('runs examples', async () => {
    const path = await written(
      'examples.yaml',
      pack(rule('mine.a', 'keywords: [nothing]'), rule('mine.b', 'keywords: [abcd]')),
    );
    const { rules } = await loadRules({ paths: [path], shipped: false, language: 'en' });
    expect(rules.flatMap(failedExamples)).toEqual(['mine.a: does not match its example: abcd']);
  });

  it('runs examples of endings: each must end, and each ending have one', async () => {
    const path = await written(
      'endings.yaml',
      pack(
        rule('mine.a', 'keywords: [abcd]\n    resolved-by: { keywords: [fine] }').replace(
          'no-match: [x]',
          'no-match: [x], clears: [abcd is fine]',
        ),
        rule(
          'mine.b',
          'keywords: [abcd]\n    resolved-by: { keywords: [fine] }\n    unless: { keywords: [gone], within: 5s }',
        ).replace('no-match: [x]', 'no-match: [x], clears: [all fine]'),
      ),
    );
    const { rules } = await loadRules({ paths: [path], shipped: false, language: 'en' });
    expect(rules.flatMap(failedExamples)).toEqual([
      'mine.a: neither resolved-by nor unless matches its example: abcd is fine',
      'mine.a: no example in clears matches its resolved-by',
      'mine.b: no example in clears matches its unless',
    ]);
  });
});
