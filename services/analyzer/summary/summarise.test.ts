import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import {
  elasticsearchSetting,
  embeddedSetting,
  keep,
  type StoreSetting,
  storedLine,
} from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { loadRules } from '../detect/index.ts';
import type { History, KnownKind } from '../rates/history.ts';
import type { LogSummary } from './log-summary.ts';
import { type SummaryOptions, summarise } from './summarise.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 20, 12);
const window = { from: start, to: start + 10 * minute };
const config = ConfigSchema.parse({ language: 'en' });
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });

const trace = (line: number, message: string) =>
  `2026-11-20 ERROR save failed\njava.lang.IllegalStateException: ${message}\n\tat com.example.Orders.save(Orders.java:${line})`;

describe.each([
  ['embedded', embeddedSetting, true],
  ['elasticsearch', elasticsearchSetting, elasticsearchAddress() !== undefined],
] as const)('summary from the store %s', (_, open, isThere) => {
  describe.skipIf(!isThere)('of lines over two hours', () => {
    let setting: StoreSetting;
    beforeAll(async () => {
      setting = await open();
      const lines = [];
      // Ten requests a minute for two hours, a heartbeat each minute until the window begins.
      for (let n = -1100; n < 100; n += 1)
        lines.push(
          storedLine(`r${n}`, start + n * 6000, `INFO request ${n + 2000} served in ${Math.abs(n) % 9} ms`, {
            host: `web-${Math.abs(n) % 2}`,
          }),
        );
      for (let n = -110; n < 0; n += 1)
        lines.push(storedLine(`h${n}`, start + n * minute, 'DEBUG heartbeat of the scheduler'));
      lines.push(storedLine('w0', start - 30 * minute, 'WARN slow answer from 10.0.0.7'));
      for (let n = 0; n < 12; n += 1)
        lines.push(storedLine(`w${n + 1}`, start + n * 5000, `WARN slow answer from 10.0.0.${n}`));
      lines.push(storedLine('new', start + 5 * minute, 'FATAL licence of module billing has expired'));
      for (const n of [1, 2])
        lines.push(storedLine(`t${n}`, start + 6 * minute + n, trace(n, `order ${n}`), { host: 'db-1' }));
      lines.push(storedLine('oom', start + 7 * minute, 'java.lang.OutOfMemoryError: Java heap space'));
      lines.push(storedLine('other', start + minute, 'INFO all is well', { service: 'basket' }));
      await keep(setting.store, lines);
      const iso = (at: number): string => new Date(at).toISOString();
      await setting.store.saveFindings(
        [
          sampleFinding({
            id: '0-a-1',
            service: 'shop',
            firstSeen: iso(start),
            lastSeen: iso(start + minute),
          }),
          sampleFinding({
            id: '0-b-1',
            service: 'shop',
            firstSeen: iso(start - hour),
            lastSeen: iso(start - 1),
          }),
          sampleFinding({ id: '0-c-1', service: 'basket', firstSeen: iso(start), lastSeen: iso(start) }),
        ],
        { signal: new AbortController().signal },
      );
      await setting.store.refresh();
    });
    afterAll(() => setting.remove());

    const sum = async (
      filter: Partial<SummaryOptions['filter']> = {},
      maxLines = 200_000,
    ): Promise<LogSummary> =>
      await summarise({
        store: setting.store,
        config,
        rules,
        filter: { service: 'shop', ...window, ...filter },
        maxLines,
      });
    const kind = ({ templates }: LogSummary, words: string) =>
      templates.find(({ text }) => text.includes(words));

    it('counts lines, levels, hosts, and compares them with the times before', async () => {
      const summary = await sum();
      expect(summary).toMatchObject({
        lines: 116,
        usual: 110,
        errors: 4,
        usualErrors: 0,
        levels: { fatal: 1, error: 3, warning: 12, info: 100 },
        hostCount: 3,
        otherServices: [],
        filter: { service: 'shop' },
        from: new Date(start).toISOString(),
      });
      expect(summary.sampled).toBeUndefined();
      // The same time of yesterday and of last week is not stored.
      expect(summary.past.map(({ lines }) => lines)).toEqual([110, 110, 111, 110, 110, 110]);
      expect(summary.hosts.map(({ name }) => name)).toEqual(['web-1', 'web-0', 'db-1']);
      expect(summary.rate.counts.reduce((a, b) => a + b, 0)).toBe(116);
      expect(summary.rate).toMatchObject({ sliceMs: 10_000 });
      expect(summary.first?.id).toMatch(/^[rw]/);
      expect(summary.last).toMatchObject({ id: 'r99', timestamp: new Date(start + 99 * 6000).toISOString() });
    });

    it('marks what is new, what there is more of, and what is missing', async () => {
      const summary = await sum();
      expect(kind(summary, 'served in')).toMatchObject({ count: 100, usual: 100, level: 'info' });
      expect(kind(summary, 'slow answer')).toMatchObject({ count: 12, usual: 0 });
      expect(kind(summary, 'slow answer')?.isNew).toBeUndefined();
      expect(kind(summary, 'licence')).toMatchObject({
        count: 1,
        isNew: true,
        level: 'fatal',
        exemplar: { id: 'new', host: 'web-1', text: 'FATAL licence of module billing has expired' },
      });
      expect(summary.missing).toMatchObject([{ text: expect.stringContaining('heartbeat'), usual: 10 }]);
    });

    it('names known patterns, stack traces and findings', async () => {
      const summary = await sum();
      expect(summary.patterns.find(({ rule }) => rule.startsWith('jvm.'))).toMatchObject({
        severity: 'critical',
        count: 1,
      });
      expect(summary.traces).toMatchObject([
        { language: 'java', exception: 'java.lang.IllegalStateException', count: 2, exemplar: { id: 't1' } },
      ]);
      expect(summary.traces[0]?.frame).toContain('com.example.Orders.save');
      expect(summary.findings.map(({ id }) => id)).toEqual(['0-a-1']);
    });

    it('looks only at what is asked for', async () => {
      expect(await sum({ host: 'db-1' })).toMatchObject({
        lines: 2,
        hostCount: 1,
        findings: [{ id: '0-a-1' }],
      });
      expect(await sum({ host: 'web-0' })).toMatchObject({ hostCount: 1, findings: [] });
      expect(await sum({ keywords: ['slow answer'] })).toMatchObject({ lines: 12, levels: { warning: 12 } });
      expect(await sum({ service: 'basket' })).toMatchObject({ lines: 1, past: [] });
    });

    it('does not say of a service without a past that anything is new', async () => {
      const summary = await sum({ service: 'basket' });
      expect(summary.usual).toBeUndefined();
      expect(summary.templates).toMatchObject([{ count: 1, level: 'info' }]);
      expect(summary.templates[0]).not.toHaveProperty('isNew');
      expect(summary.templates[0]).not.toHaveProperty('usual');
    });

    it('takes a learned history in place of the times before', async () => {
      const baseline = (total: number, text?: string, severity: 'info' | 'warning' = 'info'): KnownKind => ({
        entry: 'kind',
        samples: 1,
        least: total,
        most: total,
        baseline: {
          key: `k${total}`,
          service: 'shop',
          type: 'app',
          ...(text !== undefined && { template: { id: `t${total}`, text } }),
          formerIds: [],
          firstSeen: start - 100 * hour,
          lastSeen: start - 98 * hour,
          total,
          severity,
          counts: [],
          gaps: [],
          minutes: [],
          sampling: 1,
        },
      });
      // Two hours, twelve times the window.
      const history: History = {
        createdAt: new Date(start).toISOString(),
        samples: [{ name: 'good.log', lines: 2400, from: start - 100 * hour, to: start - 98 * hour }],
        kinds: [
          baseline(2400),
          baseline(1800, 'INFO request <*> served in <*> ms'),
          baseline(360, 'ERROR a usual one', 'warning'),
          {
            ...baseline(9, 'FATAL licence of module billing has expired'),
            baseline: { ...baseline(9).baseline, service: 'else' },
          },
        ],
        hits: [],
      };
      const summary = await summarise({
        store: setting.store,
        config,
        rules,
        filter: { service: 'shop', ...window },
        maxLines: 200_000,
        history,
      });
      expect(summary).toMatchObject({
        lines: 116,
        usual: 200,
        usualErrors: 30,
        past: [{ from: new Date(start - 100 * hour).toISOString(), lines: 2400 }],
        missing: [{ text: 'ERROR a usual one', usual: 30 }],
      });
      expect(kind(summary, 'served in')).toMatchObject({ count: 100, usual: 150 });
      expect(kind(summary, 'licence')).toMatchObject({ isNew: true });
      expect(kind(summary, 'slow answer')).toMatchObject({ isNew: true });
    });

    it('names the services that have lines where there are none', async () => {
      expect(await sum({ service: 'shap' })).toMatchObject({
        lines: 0,
        templates: [],
        otherServices: [
          { service: 'shop', count: 116 },
          { service: 'basket', count: 1 },
        ],
      });
      expect(await sum({ from: start + 100 * hour, to: start + 101 * hour })).toMatchObject({
        lines: 0,
        otherServices: [],
      });
    });

    it('samples evenly where there are too many lines, and keeps totals exact', async () => {
      const long = { from: start - 110 * minute, to: start + 10 * minute };
      const whole = await sum(long);
      const sampled = await sum(long, 400);
      expect(whole.lines).toBe(1327);
      expect(sampled.lines).toBe(1327);
      expect(sampled.sampled).toBeGreaterThan(300);
      expect(sampled.sampled).toBeLessThanOrEqual(460);
      expect(sampled.rate).toEqual(whole.rate);
      const estimate = Object.values(sampled.levels).reduce((a, b) => a + b, 0);
      expect(estimate).toBeGreaterThan(1320);
      expect(estimate).toBeLessThan(1334);
      const served = kind(sampled, 'served in')?.count ?? 0;
      expect(Math.abs(served - 1200)).toBeLessThan(150);
      expect(sampled.last).toEqual(whole.last);
    });
  });
});
