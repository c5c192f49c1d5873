import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import {
  elasticsearchSetting,
  embeddedSetting,
  keep,
  type StoreSetting,
  storedLine,
} from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { loadRules } from '../detect/index.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import { type BacktestOptions, backtest } from './backtest.ts';
import type { BacktestReport } from './report.ts';
import { withChangedPacks } from './with-changed-packs.ts';

const start = Date.UTC(2026, 10, 20, 8);
const minute = 60_000;
const hour = 60 * minute;
const config = ConfigSchema.parse({ language: 'en', routes: { app: {}, nginx: {} } });

interface RuleParts {
  readonly id: string;
  readonly severity?: string;
  readonly keywords: readonly string[];
  readonly [more: string]: unknown;
}

function packText(pack: string, rules: readonly RuleParts[]): string {
  const whole = rules.map(({ severity = 'warning', keywords, ...more }) => ({
    title: `about ${more.id}`,
    why: 'because',
    source: 'a test',
    severity,
    keywords,
    examples: { match: [keywords[0]], 'no-match': ['all is well'] },
    ...more,
  }));
  return JSON.stringify({ pack, title: pack, rules: whole });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-backtest-'));
});
afterAll(() => rm(folder, { recursive: true }));

let packs = 0;
async function rules(...texts: readonly string[]): Promise<RuleSet> {
  packs += 1;
  const paths = await Promise.all(
    texts.map(async (text, index) => {
      const path = join(folder, `pack-${packs}-${index}.yaml`);
      await writeFile(path, text);
      return path;
    }),
  );
  return loadRules({ paths, shipped: false, language: 'en' });
}

const disk = { id: 'base.disk', keywords: ['disk failed'] };
const timeout = { id: 'base.timeout', keywords: ['timed out'], 'correlate-by': [] };

describe.each([
  ['embedded', embeddedSetting, true],
  ['elasticsearch', elasticsearchSetting, elasticsearchAddress() !== undefined],
] as const)('backtest on the store %s', (_, open, isThere) => {
  describe.skipIf(!isThere)('over two days of lines', () => {
    let setting: StoreSetting;
    beforeAll(async () => {
      setting = await open();
      const lines = Array.from({ length: 3000 }, (_, n) =>
        storedLine(`quiet-${n}`, start + n * 30_000, `request ${n} served in ${n % 7} ms`, {
          offset: n * 100,
        }),
      );
      for (let n = 0; n < 6; n += 1) {
        // Six times in one minute; and once each of the next hours.
        const at = start + 5 * hour + n * 9000;
        lines.push(storedLine(`burst-${n}`, at, `call ${n} timed out`, { host: `web-${n % 2}` }));
        lines.push(
          storedLine(`sparse-${n}`, start + (6 + 2 * n) * hour, `slow ${n} timed out`, { service: 'lone' }),
        );
      }
      lines.push(storedLine('disk', start + hour, 'disk failed on sda', { service: 'db' }));
      lines.push(storedLine('down', start + 2 * hour, 'link eth0 is down', { service: 'net' }));
      lines.push(storedLine('up', start + 2 * hour + 20_000, 'link eth0 is up', { service: 'net' }));
      lines.push(
        storedLine('nginx', start + hour, 'disk failed on sdb', { type: 'nginx', service: 'proxy' }),
      );
      for (const [n, message] of ['pump stopped', 'pump started', 'pump stopped'].entries())
        lines.push(storedLine(`pump-${n}`, start + 20 * hour + n * 20_000, message, { service: 'water' }));
      await keep(setting.store, lines);
    });
    afterAll(() => setting.remove());

    const run = async (present: RuleSet, named: RuleSet, more: Partial<BacktestOptions> = {}) =>
      await backtest({
        store: setting.store,
        config,
        present,
        changed: withChangedPacks(present, named),
        packs: named.packs,
        filter: { from: start, to: start + 48 * hour },
        ...more,
      });
    const changes = ({ incidents }: BacktestReport) =>
      incidents.map(({ change, rule, service }) => `${change} ${rule} ${service}`);

    it('finds nothing new in a pack that has not changed', async () => {
      const base = await rules(packText('base', [disk, timeout]));
      const report = await run(base, base);
      expect(report).toMatchObject({
        lines: 3019,
        complete: true,
        firstLine: new Date(start).toISOString(),
        lastLine: new Date(start + 2999 * 30_000).toISOString(),
        sums: { new: 0, gone: 0, changed: 0, same: 4 },
        left: 0,
      });
      expect(report.rules.map(({ rule, present, changed }) => [rule, present, changed])).toEqual([
        ['base.timeout', { lines: 12, incidents: 7 }, { lines: 12, incidents: 7 }],
        ['base.disk', { lines: 2, incidents: 2 }, { lines: 2, incidents: 2 }],
      ]);
    });

    it('tells what a new pack adds, what a changed one takes away, and what becomes worse', async () => {
      const base = await rules(packText('base', [disk, timeout]));
      const named = await rules(
        packText('base', [{ ...timeout, severity: 'critical' }]),
        packText('more', [{ id: 'more.link', keywords: ['is down'] }]),
      );
      const report = await run(base, named);
      expect(changes(report)).toEqual([
        'new more.link net',
        'gone base.disk db',
        'gone base.disk proxy',
        'changed base.timeout lone',
        'changed base.timeout shop',
      ]);
      expect(report.packs).toEqual(['base', 'more']);
      const worse = report.incidents.find(({ service }) => service === 'shop');
      expect(worse).toMatchObject({
        present: { severity: 'warning', count: 6, incidents: 1, hostCount: 2 },
        changed: { severity: 'critical', count: 6, incidents: 1 },
      });
      expect(report.incidents[0]?.exemplar).toMatchObject({
        host: 'web-1',
        timestamp: new Date(start + 2 * hour).toISOString(),
        text: 'link eth0 is down',
      });
    });

    it('names the rule that spoke for the same line before', async () => {
      const base = await rules(packText('base', [disk]));
      const named = await rules(
        packText('exact', [{ id: 'exact.disk', severity: 'critical', keywords: ['disk failed on'] }]),
      );
      const report = await run(base, named);
      expect(report.incidents).toMatchObject([
        { change: 'new', rule: 'exact.disk', otherRule: 'base.disk' },
        { change: 'new', rule: 'exact.disk', otherRule: 'base.disk' },
        { change: 'gone', rule: 'base.disk', otherRule: 'exact.disk' },
        { change: 'gone', rule: 'base.disk', otherRule: 'exact.disk' },
      ]);
    });

    it('has the clock of the lines: thresholds, and incidents that close and come again', async () => {
      const base = await rules(packText('base', [timeout]));
      const named = await rules(packText('base', [{ ...timeout, threshold: '5 in 1m' }]));
      const report = await run(base, named);
      expect(changes(report)).toEqual(['gone base.timeout lone', 'same base.timeout shop']);
      // Two hours apart: resolved when quiet, reopened by the next.
      expect(report.incidents[0]?.present).toMatchObject({ incidents: 6, count: 6 });
      expect(report.rules).toMatchObject([{ rule: 'base.timeout', changed: { lines: 12, incidents: 1 } }]);
    });

    it('hears the line that excuses a failure, and the one that resolves it', async () => {
      const link = { id: 'net.down', keywords: ['is down'] };
      const examples = { match: ['is down'], 'no-match': ['all is well'], clears: ['link eth0 is up'] };
      const base = await rules(packText('net', [link]));
      const within = async (time: string) =>
        changes(
          await run(
            base,
            await rules(
              packText('net', [{ ...link, unless: { within: time, keywords: ['is up'] }, examples }]),
            ),
          ),
        );
      // It is up again after 20 s.
      expect(await within('1m')).toEqual(['gone net.down net']);
      expect(await within('10s')).toEqual(['same net.down net']);

      const pump = { id: 'pump.stopped', keywords: ['pump stopped'] };
      const restarted = {
        ...pump,
        'resolved-by': { keywords: ['pump started'] },
        examples: { match: ['pump stopped'], 'no-match': ['all is well'], clears: ['pump started'] },
      };
      const report = await run(
        await rules(packText('pump', [pump])),
        await rules(packText('pump', [restarted])),
      );
      expect(report.incidents).toMatchObject([
        { change: 'changed', present: { incidents: 1, count: 2 }, changed: { incidents: 2, count: 2 } },
      ]);
    });

    it('looks only at what was asked for, and stops at the limit', async () => {
      const base = await rules(packText('base', [disk]));
      const none = await rules(packText('other', [{ id: 'other.none', keywords: ['no such text'] }]));
      const of = async (filter: object, more = {}) =>
        await run(none, base, { filter: { from: start, to: start + 48 * hour, ...filter }, ...more });
      expect(changes(await of({ type: 'nginx' }))).toEqual(['new base.disk proxy']);
      expect(changes(await of({ service: 'db' }))).toEqual(['new base.disk db']);
      expect(changes(await of({ from: start + hour + minute }))).toEqual([]);
      expect(await of({ service: 'nobody' })).toMatchObject({
        lines: 0,
        firstLine: undefined,
        incidents: [],
      });
      expect(await of({}, { limitLines: 100 })).toMatchObject({ lines: 100, complete: false });
      expect(await of({}, { limitLines: 3019 })).toMatchObject({ lines: 3019, complete: true });
    });

    it('tells how far it is, and ends where the signal says so', async () => {
      const base = await rules(packText('base', [disk]));
      const seen: { lines: number; totalLines: number }[] = [];
      await run(base, base, { onProgress: (progress) => seen.push(progress) });
      expect(seen.at(-1)).toMatchObject({ lines: 3019, totalLines: 3019, findings: 2 });
      const controller = new AbortController();
      const running = run(base, base, {
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('told to stop')),
      });
      await expect(running).rejects.toThrow('told to stop');
    });
  });
});
