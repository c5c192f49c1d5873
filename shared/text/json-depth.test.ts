import { describe, expect, it } from 'vitest';
import { isNestedDeeperThan } from './json-depth.ts';

const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('isNestedDeeperThan', () => {
  it('counts objects and arrays alike, and only those inside one another', () => {
    expect(isNestedDeeperThan(nested(100), 100)).toBe(false);
    expect(isNestedDeeperThan(nested(101), 100)).toBe(true);
    expect(isNestedDeeperThan(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 100)).toBe(true);
    expect(isNestedDeeperThan(`[${Array.from({ length: 500 }, () => '{}').join(',')}]`, 100)).toBe(false);
  });

  it('is not misled by brackets and quotes inside strings', () => {
    expect(isNestedDeeperThan(JSON.stringify({ message: '{['.repeat(500) }), 100)).toBe(false);
    expect(isNestedDeeperThan(JSON.stringify({ message: '\\"{'.repeat(500) }), 100)).toBe(false);
    expect(isNestedDeeperThan(`{"m":"${'}'.repeat(500)}","d":${nested(200)}}`, 100)).toBe(true);
  });
});
