import { describe, expect, it } from 'vitest';
import type { Group } from '#shared/model/index.ts';
import { Memory } from './memory.ts';

function group(id: string, state: 'open' | 'resolved', updatedAt: string): Group {
  return {
    id,
    channel: 'c',
    members: [{ incidentId: id, revision: 1, severity: 'info', state, openings: 1, concluded: false }],
    createdAt: updatedAt,
    updatedAt,
  };
}

describe('memory', () => {
  it('stays within its bytes: what was resolved longest ago goes first, open incidents last', () => {
    // A group with one member counts for 1,104 bytes.
    const memory = new Memory(24, 2500);
    for (const [id, state, minute] of [
      ['a', 'open', 1],
      ['b', 'resolved', 5],
      ['c', 'resolved', 3],
      ['d', 'open', 9],
    ] as const) {
      const each = group(id, state, `2026-11-21T01:0${minute}:00.000Z`);
      memory.put(each);
    }
    memory.takeChanged();
    memory.expire(Date.parse('2026-11-21T02:00:00.000Z'));
    expect(memory.takeChanged()).toEqual([
      { id: 'c', json: null },
      { id: 'b', json: null },
    ]);
    expect(memory.get('a')).toBeDefined();
    expect(memory.get('c')).toBeUndefined();
  });
});
