import { describe, expect, it } from 'vitest';
import { kqlToClause } from './kql.ts';

describe('kqlToClause', () => {
  it('reads values, lists, any value, bounds and what joins them', () => {
    expect(kqlToClause('')).toEqual({ match_all: {} });
    expect(kqlToClause('a.b: x')).toEqual({ match: { 'a.b': 'x' } });
    expect(kqlToClause('service.name: "a\\"b c"')).toEqual({ match_phrase: { 'service.name': 'a"b c' } });
    expect(kqlToClause('n >= 5')).toEqual({ range: { n: { gte: '5' } } });
    // And binds stronger than or, not than both.
    expect(kqlToClause('a: * or not b: (x or y) and c: z')).toEqual({
      bool: {
        should: [
          { exists: { field: 'a' } },
          {
            bool: {
              filter: [
                {
                  bool: {
                    must_not: {
                      bool: {
                        should: [{ match: { b: 'x' } }, { match: { b: 'y' } }],
                        minimum_should_match: 1,
                      },
                    },
                  },
                },
                { match: { c: 'z' } },
              ],
            },
          },
        ],
        minimum_should_match: 1,
      },
    });
  });

  it.each(['a', 'a:', 'a: x b', '(a: x', 'a: x)', 'a: x*', ': x', 'a: (x or)', 'a = x'])(
    'refuses %s',
    (text) => {
      expect(() => kqlToClause(text)).toThrow('KQL');
    },
  );
});
