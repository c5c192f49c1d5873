import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conclusion, Control, Finding } from '#shared/model/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import type { StoreSetting } from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { first, forever, incident, iso, settings, sourcesWith } from './testing/sources-with.ts';

const concluded = (cause: string, proven: boolean): Conclusion => ({
  ...{ verdict: 'actionable', summary: '', cause, proven, evidence: [], actions: [], severity: 'warning' },
  ...{ confidence: 1, model: 'm', answeredAt: iso(first), shape: 's' },
  ...{ durationMs: 1, promptTokens: 1, outputTokens: 1 },
});

describe.each(Object.keys(settings))('earlier failures like one, from %s', (name) => {
  describe.skipIf(name === 'Elasticsearch' && elasticsearchAddress() === undefined)('', () => {
    let setting: StoreSetting;
    const past = (id: string, hoursAgo: number, changes: Partial<Finding>): Finding =>
      sampleFinding({
        ...{ id, fingerprint: id, service: 'shop', state: 'resolved', rule: 'database.slow' },
        lastSeen: iso(first - hoursAgo * 3_600_000),
        exemplars: [],
        title: `title of ${id}`,
        ...changes,
      });
    const now = incident({ fingerprint: 'same', rule: 'shop.write', title: 'Cannot write order' });
    const lineOf = (text: string) => [{ id: 'x', timestamp: iso(first), host: 'h', text, before: [] }];
    beforeAll(async () => {
      setting = (await settings[name]?.()) ?? expect.fail('no store');
      const findings = [
        past('same-old', 900, { fingerprint: 'same', conclusion: concluded('disk full', true) }),
        past('same-guess', 300, { fingerprint: 'same', conclusion: concluded('perhaps the moon', false) }),
        past('same-open', 2, { fingerprint: 'same', state: 'open' }),
        past(now.id, 0, { fingerprint: 'same' }),
        past('rule', 1, { rule: 'shop.write' }),
        past('alike', 3, {
          rule: 'shop.other',
          title: 'Cannot write order',
          exemplars: lineOf('ERROR cannot write order 99'),
        }),
        past('stranger', 1, { title: 'Certificate expired', exemplars: lineOf('certificate of x expired') }),
        past('rule-elsewhere', 1, { rule: 'shop.write', service: 'bank', title: 'Other words by far' }),
      ];
      await setting.store.saveFindings(findings, { signal: forever });
      await setting.store.refresh();
    }, 60_000);
    afterAll(() => setting.remove());

    const similar = async (controls: Control[] = [], of = now) => {
      const { sources } = sourcesWith({
        ...{ store: setting.store, controls: { all: () => controls } },
        reasoning: { contextSeconds: 20 },
      });
      return (await sources.gather(of, forever)).similar;
    };
    const feedback = (changes: Partial<Control>): Control => ({
      ...{ id: 'c1', kind: 'feedback', by: 'ana', createdAt: iso(first - 60_000) },
      scope: { fingerprint: 'elsewhere' },
      ...changes,
    });

    it('are the same failure, the same rule, and what reads alike, newest first, with what was proven', async () => {
      expect(await similar()).toEqual([
        { id: 'rule', title: 'title of rule', lastSeen: iso(first - 3_600_000) },
        { id: 'alike', title: 'Cannot write order', lastSeen: iso(first - 3 * 3_600_000) },
        { id: 'same-guess', title: 'title of same-guess', lastSeen: iso(first - 300 * 3_600_000) },
        {
          ...{ id: 'same-old', title: 'title of same-old', lastSeen: iso(first - 900 * 3_600_000) },
          cause: 'disk full',
        },
      ]);
    });

    it('say what people said of them, even of one that is not over or not stored', async () => {
      const controls = [
        feedback({ findingId: 'same-open', note: 'a drill' }),
        feedback({ id: 'c2', by: 'bo', scope: { rule: 'shop.write', service: 'shop' }, findingId: 'gone' }),
        feedback({ id: 'c3', kind: 'silence', scope: { fingerprint: 'same' }, note: 'hush' }),
      ];
      const found = await similar(controls);
      expect(found.map(({ id, feedback: said }) => [id, said])).toEqual([
        ['gone', 'bo: not a problem'],
        ['rule', 'bo: not a problem'],
        ['same-open', 'ana: a drill'],
        ['same-guess', undefined],
        ['same-old', undefined],
      ]);
    });
  });
});
