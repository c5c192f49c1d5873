import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addToYaml } from './add-to-yaml.ts';

const server = { name: 'db-2', host: '10.0.0.12', user: 'admin' };

const commented = `# ours
dataDir: data   # here

ipmi:
    # of all
    user: "logpatrol"


    servers:
    # the first rack
    - name: db-1   # old
      host: 10.0.0.11
      group: 'rack-7'

    # what follows
    limits: []
language: en # of cards
`;

/** Lines of a text that the other does not have. */
const linesNotIn = (text: string, other: string): string[] => {
  const there = other.split(/\r?\n/);
  return text.split(/\r?\n/).filter((line) => !there.includes(line));
};

describe('a server is added to the YAML', () => {
  it('in lines of its own, and every other line stays as it is', () => {
    const added = addToYaml(commented, server);
    expect(linesNotIn(added, commented)).toEqual([
      '    - name: db-2',
      '      host: 10.0.0.12',
      '      user: admin',
    ]);
    expect(linesNotIn(commented, added)).toEqual([]);
    expect(parse(added).ipmi.servers).toEqual([{ name: 'db-1', host: '10.0.0.11', group: 'rack-7' }, server]);
    expect(parse(added)).toMatchObject({ language: 'en', ipmi: { user: 'logpatrol', limits: [] } });
  });

  it.each([
    ['an empty file', ''],
    ['comments alone', '# nothing yet\n'],
    ['no line break at the end', 'language: en'],
    ['no section', 'language: en # of cards\nrules: { shipped: true }\n'],
    ['a section without a list', 'ipmi:\n  user: logpatrol # all\n\nlanguage: en\n'],
    ['a section at the end', 'language: en\nipmi:\n   user: logpatrol\n   # the end'],
    ['a list at the end without a line break', 'ipmi:\n  servers:\n    - name: db-1\n      host: h'],
    ['a list that is not indented', 'ipmi:\n  servers:\n  - {name: db-1, host: h}\nlanguage: en\n'],
    ['deep indentation', 'ipmi:\n      servers:\n            -   name: db-1\n                host: h\n'],
  ])('%s: what was there stays', (_what, text) => {
    const added = addToYaml(text, server);
    expect(linesNotIn(text, added)).toEqual([]);
    const before = parse(text) ?? {};
    expect(parse(added)).toEqual({
      ...before,
      ipmi: { ...before.ipmi, servers: [...(before.ipmi?.servers ?? []), server] },
    });
  });

  it.each([
    ['an empty list', 'ipmi:\n  servers: [] # none yet\n  user: x\n'],
    ['a list in brackets', '# ours\nipmi:\n  servers: [{ name: db-1, host: h }] # one\n'],
    ['a section in braces', '# ours\nipmi: { user: x }\nlanguage: en # cards\n'],
    ['a section without anything', '# ours\nipmi:\nlanguage: en # cards\n'],
    ['JSON', '{ "ipmi": { "servers": [{ "name": "db-1", "host": "h" }] }, "language": "en" }\n'],
    ['a long text in one line', `ipmi:\n  servers: []\ntopology: ${'long '.repeat(60)}end\n`],
  ])('%s: comments stay, and so do all values', (_what, text) => {
    const added = addToYaml(text, server);
    const before = parse(text);
    expect(parse(added)).toEqual({
      ...before,
      ipmi: { ...before.ipmi, servers: [...(before.ipmi?.servers ?? []), server] },
    });
    for (const [comment] of text.matchAll(/#.*/g)) expect(added).toContain(comment);
  });

  it('keeps line breaks of Windows', () => {
    const added = addToYaml(commented.replaceAll('\n', '\r\n'), server);
    expect(added.replaceAll('\r\n', '')).not.toContain('\n');
    expect(parse(added).ipmi.servers).toHaveLength(2);
  });

  it('one after another', () => {
    let text = commented;
    for (let n = 0; n < 5; n += 1) text = addToYaml(text, { name: `n${n}`, host: `h${n}` });
    expect(parse(text).ipmi.servers.map((one: { name: string }) => one.name)).toEqual([
      'db-1',
      'n0',
      'n1',
      'n2',
      'n3',
      'n4',
    ]);
    expect(linesNotIn(commented, text)).toEqual([]);
  });

  it.each([
    ['ipmi:\n  servers: all of them\n', 'ipmi.servers of the configuration is no list'],
    ['ipmi: [1]\n', 'no list'],
    ['- 1\n', 'no list'],
    ['a: [\n', 'is no YAML'],
  ])('%j is refused', (text, words) => {
    expect(() => addToYaml(text, server)).toThrow(words);
  });
});
