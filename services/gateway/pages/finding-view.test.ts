import { describe, expect, it } from 'vitest';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { findingView } from './finding-view.ts';
import { pageWords } from './words/index.ts';

const options = { words: pageWords('en'), timeZone: 'UTC', mask: (text: string) => text };
const nothing = { deliveries: [], audit: [] };

describe('the page of a finding', () => {
  it('has a row for each call: its outcome, or that it is being made', () => {
    const deliveries = [
      sampleDelivery({ messageId: 'm:2', outcome: 'sending', attempt: 1 }),
      sampleDelivery({ messageId: 'm:1', outcome: 'sent', attempt: 2 }),
      sampleDelivery({ messageId: 'm:1', outcome: 'sending', attempt: 2 }),
      sampleDelivery({ messageId: 'm:1', outcome: 'retrying', attempt: 1 }),
      sampleDelivery({ messageId: 'm:1', outcome: 'sending', attempt: 1 }),
    ];
    const { lists } = findingView(sampleFinding(), { deliveries, audit: [] }, options);
    const { outcome, section } = options.words;
    const rows = lists.find(({ title }) => title === section.deliveries)?.items ?? [];
    expect(rows.map((row) => row.split(' — ')[2])).toEqual([outcome.sending, outcome.sent, outcome.retrying]);
  });

  it('draws no course of a single step', () => {
    const barsOf = (counts: number[]) =>
      findingView(sampleFinding({ series: { startAt: 0, stepMs: 60_000, counts } }), nothing, options).bars;
    expect(barsOf([1])).toBeUndefined();
    expect(barsOf([1, 2])?.heights).toEqual([50, 100]);
  });
});
