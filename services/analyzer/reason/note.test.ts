import { describe, expect, it } from 'vitest';
import { noteOf } from './note.ts';

describe('noteOf', () => {
  it('says since when, by the clock here', () => {
    const since = new Date(2026, 0, 2, 3, 4).getTime();
    expect(noteOf({ kind: 'away', since }, 'zh-CN')).toBe('模型自 03:04 起无响应');
    expect(noteOf({ kind: 'away', since }, 'en')).toContain('since 03:04');
  });

  it('says each thing in its own words', () => {
    const kinds = ['busy', 'loading', 'refused', 'unusable', 'failed', 'crowded', 'over'] as const;
    for (const language of ['zh-CN', 'en'] as const)
      expect(new Set(kinds.map((kind) => noteOf({ kind }, language))).size).toBe(kinds.length);
  });
});
