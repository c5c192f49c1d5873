import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTemplates } from './templates.ts';

const mebibyte = 2 ** 20;

/** Numbers that look random and are the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words =
  'open close disk node error lost user= (x) a.b c-d key=v <*> <* 17 10.0.0.1 /a/b "q" 日本 é! 5ms r=<*>,'.split(
    ' ',
  );

/** Lines of a few events, with words and values that vary, and now and then a line of no event at all. */
function* lines(seed: number, count: number): Generator<string> {
  const next = random(seed);
  const word = (): string => words[next(words.length)] ?? '';
  for (let i = 0; i < count; i++) {
    const event = next(12);
    if (event === 0) yield Array.from({ length: next(9) }, word).join(' ');
    else if (event === 1) yield '';
    else if (event === 2) yield `${word()}${word()} is ${word()}=${word()} at ${next(1e9)}`;
    else yield `event ${'abcdefghijkl'[event]} of ${word()} took ${next(1e6)} (${word()}) as part of the job`;
  }
}

function learned(all: Iterable<string>, maxBytes = 64 * mebibyte) {
  const templates = createTemplates({ maxBytes });
  for (const line of all) templates.learn(line);
  return templates;
}

const texts = (all: Iterable<string>): string[] =>
  learned(all)
    .all()
    .map(({ text }) => text);

describe('templates', () => {
  it.each<[string, string[], string[]]>([
    [
      'masks what is a value by its form',
      ['took 5ms at 10.0.0.1', 'took 17s at 10.0.0.2'],
      ['took <*> at <*>'],
    ],
    [
      'tells events apart by a word',
      ['[id: 1] VM Resumed now', '[id: 2] VM Paused now', '[id: 3] VM Resumed now'],
      ['[id: <*>] VM Paused now', '[id: <*>] VM Resumed now'],
    ],
    [
      'takes a word for a value once six have been seen',
      ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina'].map((name) => `hello to ${name} from here`),
      ['hello to <*> from here'],
    ],
    [
      'takes names with digits or several parts for values at once',
      ['lease of x86q lost again', 'lease of y-z.q lost again'],
      ['lease of <*> lost again'],
    ],
    [
      'keeps what is around a value in a word',
      ['call from host=a.example.org, (a-1x) ok', 'call from host=q7x, () ok'],
      ['call from host=<*>, (<*>) ok'],
    ],
    [
      'tells lines apart by their number of words',
      ['disk full', 'disk is full'],
      ['disk full', 'disk is full'],
    ],
    ['has a template for nothing', ['', '  \t'], ['']],
  ])('%s', (_, all, expected) => {
    expect(texts(all).sort()).toEqual(expected);
  });

  it('says which templates a line has made one', () => {
    const names = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred'];
    const templates = createTemplates({ maxBytes: mebibyte });
    const before = names.map((name) => templates.learn(`hello to ${name} from here`).id);
    const { id, text, formerIds } = templates.learn('hello to gina from here');
    expect(text).toBe('hello to <*> from here');
    expect([...formerIds].sort()).toEqual([...before].sort());
    expect(templates.find('hello to anna from here')).toEqual({ id, text });
    expect(templates.count).toBe(1);
  });

  it('learns nothing from a line that is only looked up', () => {
    const templates = learned(['disk a1 full']);
    expect(templates.find('node b2 lost')).toBeUndefined();
    expect(templates.find('disk b2 full')).toBeUndefined();
    expect(templates.find('disk a1 full')?.text).toBe('disk a1 full');
    expect(templates.count).toBe(1);
  });

  it('has ids that come from the text alone', () => {
    const id = createHash('sha1').update('took <*> at <*>').digest('hex').slice(0, 16);
    expect(learned(['other things', 'took 5ms at 10.0.0.1']).find('took 1 at 2')?.id).toBe(id);
    expect(learned(['took 7 at 7']).find('took 1 at 2')?.id).toBe(id);
  });

  it.each([1, 2, 3, 4, 5])(
    'a line fits the template it has been given, and that has the line’s words (%i)',
    (seed) => {
      const templates = createTemplates({ maxBytes: 64 * mebibyte });
      for (const line of lines(seed, 2000)) {
        const { id, text } = templates.learn(line);
        expect(templates.find(line), line).toEqual({ id, text });
        expect(text.split(' ').length, line).toBe(line.trim().split(/\s+/).length);
      }
    },
  );

  it.each([1, 2, 3])('the same lines give the same templates in the same order (%i)', (seed) => {
    const run = () => {
      const templates = learned(lines(seed, 4000), mebibyte / 4);
      return { all: templates.all(), evicted: templates.evicted, bytes: templates.bytes };
    };
    expect(run()).toEqual(run());
  });

  it('no template is there twice, and a line finds the one it had through what it has become', () => {
    const templates = createTemplates({ maxBytes: 64 * mebibyte });
    const become = new Map<string, string>();
    const firsts: string[] = [];
    for (const line of lines(9, 4000)) {
      const { id, formerIds } = templates.learn(line);
      for (const former of formerIds) if (former !== id) become.set(former, id);
      firsts.push(id);
    }
    const now = new Set(templates.all().map(({ id }) => id));
    expect(now.size).toBe(templates.count);
    for (const first of firsts) {
      let id = first;
      for (let later = become.get(id); later !== undefined && !now.has(id); later = become.get(id))
        id = later;
      expect(now).toContain(id);
    }
  });
});

describe('bounded memory', () => {
  it('holds whatever comes, and counts what has had to go', () => {
    const maxBytes = mebibyte / 2;
    const templates = createTemplates({ maxBytes });
    const next = random(3);
    for (let i = 0; i < 4000; i++) {
      const length = next(50) === 0 ? 4000 : next(30);
      templates.learn(
        Array.from({ length }, () => String.fromCharCode(97 + next(26)).repeat(1 + next(9))).join(' '),
      );
      expect(templates.bytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(templates.evicted).toBeGreaterThan(0);
    expect(templates.count).toBeGreaterThan(50);
  });

  it('gives up the least recently used first, and each with its memory', () => {
    const templates = createTemplates({ maxBytes: mebibyte / 4 });
    // Of many lengths, and with no word in common, so that none is like another.
    const line = (i: number): string => {
      const word = String.fromCharCode(97 + (i % 26)) + 'x'.repeat(1 + Math.floor(i / 26));
      return Array(2 + (i % 40))
        .fill(word)
        .join(' ');
    };
    const texts = (): string[] => templates.all().map(({ text }) => text);
    let count = 0;
    while (templates.evicted === 0) templates.learn(line(count++));
    const kept = Array.from({ length: count - templates.evicted }, (_, i) => line(i + templates.evicted));
    expect(texts()).toEqual(kept);
    expect(templates.find(line(0))).toBeUndefined();

    const [oldest = '', next = ''] = kept;
    templates.learn(oldest);
    expect(texts()).toEqual([...kept.slice(1), oldest]);
    for (const gone = templates.evicted; templates.evicted === gone; ) templates.learn(line(count++));
    expect(templates.find(next)).toBeUndefined();
    expect(templates.find(oldest)?.text).toBe(oldest);
  });

  it('keeps no part of a long text alive', () => {
    const templates = createTemplates({ maxBytes: mebibyte });
    const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
    for (let i = 0; i < 300; i++) {
      const name = String.fromCharCode(97 + (i % 26)).repeat(20 + Math.floor(i / 26));
      // As a consumer cuts lines from a batch.
      const batch = Buffer.alloc(mebibyte, `${name} has a rather long line `).toString('latin1');
      templates.learn(batch.slice(0, 200));
    }
    const after = process.memoryUsage().heapUsed + process.memoryUsage().external;
    expect(after - before).toBeLessThan(150 * mebibyte);
  });

  it('compares a line with so many templates at most', () => {
    const templates = createTemplates({ maxBytes: 64 * mebibyte });
    const next = random(5);
    const word = (): string => Array.from({ length: 8 }, () => String.fromCharCode(97 + next(26))).join('');
    for (let i = 0; i < 2000; i++) templates.learn(`same ${word()} ${word()} ${word()} ${word()} ${word()}`);
    expect(templates.count).toBeLessThanOrEqual(256);
  });

  it('is refused where it is too little for one line', () => {
    expect(() => createTemplates({ maxBytes: 1000 })).toThrow(RangeError);
    const templates = createTemplates({ maxBytes: mebibyte / 4 });
    expect(templates.learn('1 '.repeat(5000)).text).toMatch(/^<\*>( <\*>)+$/);
    expect(templates.count).toBe(1);
  });
});
