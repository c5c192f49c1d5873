import { describe, expect, it } from 'vitest';
import { reviewRunbooks } from '#shared/runbooks/index.ts';
import { loadRules } from '../detect/index.ts';
import { eventRules, readingRules } from './index.ts';

const { runbooks } = await reviewRunbooks({ paths: [], shipped: true });
const { rules } = await loadRules({ paths: [], shipped: true, language: 'en' });
const ofPack = rules.filter(({ pack }) => pack === 'hardware');

describe('what to do about hardware', () => {
  it('is looked at', () => {
    expect(ofPack.length).toBeGreaterThan(40);
    expect(readingRules.length).toBeGreaterThan(20);
  });

  // A rule that somebody writes anew without `runbook`, and a search by its id, find it by the front matter.
  it.each([...ofPack, ...readingRules, ...eventRules].map(({ id, runbook }) => [id, runbook]))(
    '%s is in a runbook that lists it (%s)',
    (id, runbook) => {
      const listing = runbooks.filter((each) => each.rules.includes(id ?? '')).map(({ name }) => name);
      if (runbook === undefined) expect(listing).not.toEqual([]);
      else expect(listing).toContain(runbook);
    },
  );
});
