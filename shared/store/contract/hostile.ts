import { expect, it } from 'vitest';
import type { Store } from '../port.ts';
import { forever, line } from './line.ts';

const time = '"@timestamp":"2026-11-20T08:00:00.000Z","service":{"name":"hostile"}';

/** Documents that a store must keep however odd they are. */
const kept: Record<string, string> = {
  'keys that pollute prototypes': `{${time},"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}`,
  'a NUL and a lone surrogate': `{${time},"message":"a\\u0000b \\ud800 c"}`,
  'a line of 2 MB': `{${time},"message":"${'x'.repeat(1_000_000)} ${'界'.repeat(333_000)}"}`,
  'five thousand fields': `{${time},${Array.from({ length: 5000 }, (_, n) => `"field_${n}":${n}`).join(',')}}`,
  'a number where others are objects': `{${time},"thing":1}`,
  'an object where others are numbers': `{${time},"thing":{"part":{"deep":true}}}`,
  'a text where others are numbers': `{${time},"thing":"text"}`,
  'known fields of other types': `{${time},"host":"web-1","message":12,"log":{"offset":"far","file":"x"},"tags":{"a":1}}`,
  'numbers beyond any type': `{${time},"n":${'9'.repeat(400)},"m":1e999,"i":99999999999999999999999}`,
  'names of dots': `{${time},".":1,"...":2,"a..b":3,".a":4}`,
  'white space and newlines between tokens': `{${time},\n "pretty":\n\t1\n}`,
};

export function hostileContract(store: () => Store): void {
  it('keeps odd documents', async () => {
    const documents = Object.values(kept).map((json, index) => ({
      id: `hostile-${index}`,
      type: 'app',
      json,
    }));
    const outcomes = await store().saveLogs([...documents, line('after', { service: 'hostile' })], forever);
    const byName = Object.fromEntries(
      [...Object.keys(kept), 'after'].map((name, index) => [name, outcomes[index]]),
    );
    expect(byName).toEqual(
      Object.fromEntries([...Object.keys(kept), 'after'].map((name) => [name, { kind: 'stored' }])),
    );
    await store().refresh();
    const found = await store().searchLogs({ service: 'hostile', limit: 100 });
    expect(found).toHaveLength(documents.length + 1);
    expect(found.find(({ id }) => id === 'hostile-1')?.message).toContain('a\0b');
    expect(found.find(({ id }) => id === 'hostile-2')?.message).toHaveLength(1_333_001);
    expect(await store().countLogs({ service: 'hostile', keywords: ['界界界'] })).toBe(1);
  });
}
