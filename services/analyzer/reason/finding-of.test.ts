import { describe, expect, it } from 'vitest';
import type { FoundRunbook } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { findingOf } from './finding-of.ts';

describe('the runbooks of a finding', () => {
  const place = { name: 'db', title: 'Databases', section: '检查', foundBy: 'rule', score: 1 } as const;
  const found = (runbooks: readonly FoundRunbook[]) =>
    findingOf(sampleIncident({}), { now: 0, language: 'en', runbooks }).runbooks;

  it('are places, and of the best what to do first, with or without a model', () => {
    const hit = { ...place, steps: ['look:\nss -s'], text: 'long', line: 7, path: '/x', terms: [] };
    expect(found([hit, { ...hit, section: '处置' }])).toEqual([
      { ...place, steps: ['look:\nss -s'] },
      { ...place, section: '处置' },
    ]);
    expect(found([{ ...place, steps: [] }])).toEqual([place]);
  });
});
