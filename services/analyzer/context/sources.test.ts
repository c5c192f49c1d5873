import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Asset, Conclusion, Control, Finding, Incident } from '#shared/model/index.ts';
import type { Runbook, RunbookHit, RunbookQuery } from '#shared/runbooks/port.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import {
  elasticsearchSetting,
  embeddedSetting,
  keep,
  type StoreSetting,
  storedLine,
} from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { type ContextSourcesOptions, knownOf, openContextSources } from './index.ts';

const first = Date.UTC(2026, 10, 20, 8, 0, 0);
const iso = (at: number): string => new Date(at).toISOString();
const forever = new AbortController().signal;
const silent = pino({ level: 'silent' });

const hit = (name: string): RunbookHit => ({
  ...{ name, title: name, section: '', path: `${name}.md`, line: 1, text: name, terms: [] },
  ...{ foundBy: 'search', score: 1 },
});
const never = <T>() => new Promise<T>(() => undefined);
const unused: ContextSourcesOptions['store'] = { searchLogs: async () => [], searchFindings: async () => [] };

function sourcesWith(changes: Partial<ContextSourcesOptions> & { reasoning?: object }) {
  const { reasoning = {}, ...more } = changes;
  const queries: RunbookQuery[] = [];
  const all = [] as const;
  const options: ContextSourcesOptions = {
    config: ConfigSchema.parse({ language: 'en', reasoning }),
    runbooks: {
      all: () => all,
      find: (query) => {
        queries.push(query);
        return [hit('by-words')];
      },
      search: async () => [hit('by-meaning')],
    },
    store: unused,
    controls: { all: () => [] },
    logger: silent,
    ...more,
  };
  return { sources: openContextSources(options), queries };
}

const incident = (changes: Partial<Incident> = {}): Incident =>
  sampleIncident({
    service: 'shop',
    hosts: [{ name: 'web-1', count: 2 }],
    firstSeen: iso(first),
    lastSeen: iso(first),
    exemplars: [
      {
        ...{ id: 'shown', timestamp: iso(first), host: 'web-1', text: 'ERROR cannot write order 17' },
        before: ['writing order 17'],
      },
    ],
    ...changes,
  });

const settings: Record<string, () => Promise<StoreSetting>> = {
  'the embedded store': embeddedSetting,
  Elasticsearch: elasticsearchSetting,
};

describe.each(Object.keys(settings))('the lines around an incident, from %s', (name) => {
  describe.skipIf(name === 'Elasticsearch' && elasticsearchAddress() === undefined)('', () => {
    let setting: StoreSetting;
    const other = { service: 'cron', host: 'web-1' };
    beforeAll(async () => {
      setting = (await settings[name]?.()) ?? expect.fail('no store');
      const lines = [
        storedLine('shown', first, 'ERROR cannot write order 17', { offset: 900 }),
        storedLine('lead', first - 1, 'writing order 17', { offset: 800 }),
        ...Array.from({ length: 30 }, (_, i) =>
          storedLine(`own-${i}`, first - 1000 - i * 1000, `own line ${i}`, { offset: 700 - i }),
        ),
        storedLine('tie-1', first - 500, 'tie one', { offset: 710 }),
        storedLine('tie-2', first - 500, 'tie two', { offset: 720 }),
        storedLine('after-1', first + 2000, 'after one', { offset: 1000 }),
        storedLine('after-2', first + 3000, 'after two', { offset: 1100 }),
        storedLine('long-after', first + 60_000, 'long after', { offset: 2000 }),
        storedLine('long-before', first - 6 * 60_000, 'long before'),
        storedLine('elsewhere', first - 10, 'own service, other host', { host: 'web-2' }),
        storedLine('cron-old', first - 120_000, 'cron, too old', other),
        ...Array.from({ length: 20 }, (_, i) =>
          storedLine(`cron-${i}`, first - 5000 - i, `cron ${i}`, other),
        ),
        storedLine('kernel', first - 20_000, 'EXT4-fs error (device sda1)', {
          ...{ service: 'kernel', host: 'web-1', type: 'syslog' },
        }),
        storedLine('bmc', first - 30_000, 'Drive Slot 3 | Drive Fault', {
          ...{ service: 'bmc', host: 'web-1', type: 'ipmi' },
        }),
      ];
      await keep(setting.store, lines);
    }, 60_000);
    afterAll(() => setting.remove());

    const around = async (changes: Partial<Incident> = {}, reasoning: object = {}) => {
      const { sources } = sourcesWith({
        store: setting.store,
        reasoning: { contextSeconds: 20, ...reasoning },
      });
      return (await sources.gather(incident(changes), forever)).surroundings;
    };

    it('are those of its service before and after, of the machine, and of others on the host, oldest first', async () => {
      const lines = await around({}, { surroundingLines: 20 });
      expect(lines.map(({ id }) => id)).toEqual([
        ...['bmc', 'kernel'],
        ...['own-10', 'own-9', 'own-8', 'own-7', 'own-6', 'own-5'],
        ...['cron-2', 'cron-1', 'own-4', 'cron-0', 'own-3', 'own-2', 'own-1', 'own-0'],
        ...['tie-1', 'tie-2', 'after-1', 'after-2'],
      ]);
      expect(lines[0]).toEqual({
        ...{ id: 'bmc', timestamp: iso(first - 30_000), host: 'web-1', service: 'bmc' },
        text: 'Drive Slot 3 | Drive Fault',
      });
    });

    it('are as many as there are, where fewer are there than asked for', async () => {
      const lines = await around({}, { surroundingLines: 500, surroundingMinutes: 10 });
      const ids = lines.map(({ id }) => id);
      expect(ids).toHaveLength(30 + 2 + 2 + 1 + 20 + 2);
      expect(ids).toContain('long-before');
      expect(ids).not.toContain('shown');
      expect(ids).not.toContain('elsewhere');
    });

    it('are those of the newest reopening, and of the service wherever no host is known', async () => {
      const reopened = await around({ reopenedAt: [iso(first + 61_000)], openings: 2 });
      expect(reopened.map(({ id }) => id)).toContain('long-after');
      const hostless = await around({ hosts: [], exemplars: [] });
      expect(hostless.map(({ id }) => id)).toContain('elsewhere');
    });

    it('are none where none are wanted, or nothing says where', async () => {
      expect(await around({}, { surroundingLines: 0 })).toEqual([]);
      expect(await around({ service: '', hosts: [], exemplars: [] })).toEqual([]);
      const hostile = `"}}],"x' OR 1=1 --`;
      expect(await around({ service: hostile, hosts: [], exemplars: [] })).toEqual([]);
    });
  });
});

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

describe('what is known at once', () => {
  it('is searched once for all that read alike, and again when runbooks change', () => {
    let all: readonly never[] = [];
    const queries: RunbookQuery[] = [];
    const find = (query: RunbookQuery) => {
      queries.push(query);
      return [hit(`${queries.length}`)];
    };
    const { sources } = sourcesWith({ runbooks: { all: () => all, find, search: async () => [] } });
    const told = (text: string, changes: Partial<Incident> = {}) =>
      sources.known(
        incident({
          exemplars: [{ id: 'x', timestamp: iso(first), host: 'h', text, before: [] }],
          ...changes,
        }),
      ).runbooks[0]?.name;
    expect([told('order 17 failed at 10.0.0.1'), told('order 18 failed at 10.0.0.2')]).toEqual(['1', '1']);
    expect([told('payment failed'), told('order 1 failed at 1.1.1.1')]).toEqual(['2', '1']);
    const named = { runbook: 'orders' };
    expect([told('a', named), told('b', named)]).toEqual(['3', '3']);
    all = [];
    expect(told('order 17 failed at 10.0.0.1')).toBe('4');
    expect(queries[0]).toMatchObject({ rule: 'database.too-many-connections', service: 'shop', limit: 5 });
    expect(queries[0]?.text).toBe('Too many connections\norder 17 failed at 10.0.0.1');
    expect(queries[2]?.named).toBe('orders');
  });

  it('does not hold up a storm with searches, and has the runbook that the rule names meanwhile', () => {
    let now = 0;
    let searches = 0;
    const section = { heading: '检查', text: 'df -h', line: 7 };
    const runbook: Runbook = {
      ...{ name: 'disk-full', path: 'disk-full.md', title: 'Disk full', services: [], rules: [], tags: [] },
      ...{ severity: undefined, owner: undefined, updated: undefined, sections: [section] },
    };
    const all = [runbook];
    const find = () => {
      searches += 1;
      now += 10;
      return [hit('found')];
    };
    const known = knownOf({ runbooks: { all: () => all, find }, clock: () => now });
    const storm = Array.from({ length: 1000 }, (_, i) =>
      incident({ service: `s${i}`, runbook: 'disk-full' }),
    );
    const told = storm.map((one) => known(one).runbooks);
    expect(searches).toBeLessThan(15);
    expect(now).toBeLessThan(150);
    expect(told.at(-1)).toEqual([
      {
        ...{ name: 'disk-full', path: 'disk-full.md', title: 'Disk full', section: '检查', text: 'df -h' },
        ...{ line: 7, terms: [], foundBy: 'rule', score: 0 },
      },
    ]);
    expect(known(incident({ service: 'other' })).runbooks).toEqual([]);
    now += 10_000;
    const last = storm.at(-1) ?? expect.fail('no storm');
    expect(known(last).runbooks).toEqual([hit('found')]);
  });

  it('looks for what an exception was caused by', () => {
    const { sources, queries } = sourcesWith({});
    const text =
      'ERROR request failed\njava.lang.RuntimeException: x\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: refused';
    const exemplars = [{ id: 'x', timestamp: iso(first), host: 'h', text, before: [] }];
    sources.known(incident({ exemplars }));
    expect(queries[0]?.text.split('\n')).toEqual([
      ...['Too many connections', 'java.lang.RuntimeException', 'java.net.ConnectException'],
      'ERROR request failed',
    ]);
  });

  it('has the inventory of the most affected hosts, as far as it is known', () => {
    const asset = (host: string): Asset => ({ host, facts: {} });
    const lookup = vi.fn((host: string) => (host === 'b' ? undefined : asset(host)));
    const { sources } = sourcesWith({ assets: { lookup, fetch: never } });
    const hosts = ['a', '', 'b', 'c', 'd'].map((name) => ({ name, count: 1 }));
    expect(sources.known(incident({ hosts })).assets).toEqual([asset('a'), asset('c')]);
  });
});

describe('gathering', () => {
  const outcomes = async (registry: Registry) => {
    const metric = registry.getSingleMetric('logpatrol_context_seconds');
    const { values } = (await metric?.get()) ?? { values: [] };
    return Object.fromEntries(
      values
        .filter(({ labels }) => labels.le === '+Inf')
        .map(({ labels, value }) => [`${labels.source} ${labels.outcome}`, value]),
    );
  };

  it('leaves out what is late, source by source, and counts it', async () => {
    const registry = new Registry();
    const fetch = (host: string) =>
      host === 'web-1' ? never<Asset>() : Promise.resolve({ host, facts: { rack: 'B' } });
    const { sources } = sourcesWith({
      reasoning: { contextSeconds: 0.1 },
      metrics: registry,
      store: { searchLogs: never, searchFindings: async () => [] },
      assets: { lookup: (host) => ({ host, facts: { rack: 'A' } }), fetch },
      runbooks: { all: () => [], find: () => [hit('by-words')], search: never },
    });
    const hosts = ['web-1', 'web-2'].map((name) => ({ name, count: 1 }));
    const gathered = await sources.gather(incident({ hosts }), forever);
    expect(gathered.runbooks.map(({ name }) => name)).toEqual(['by-words']);
    expect(gathered.assets.map(({ facts }) => facts.rack)).toEqual(['A', 'B']);
    expect(gathered).toMatchObject({ surroundings: [], similar: [] });
    expect(await outcomes(registry)).toEqual({
      ...{ 'runbooks late': 1, 'assets late': 1, 'assets ok': 1 },
      ...{ 'lines late': 2, 'host-lines late': 3, 'similar late': 4 },
    });
  });

  it('leaves out what fails, and says so once', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const registry = new Registry();
    let isAway = true;
    const search = async () => (isAway ? Promise.reject(new Error('no store')) : []);
    const { sources } = sourcesWith({
      ...{ logger, metrics: registry },
      store: { searchLogs: search, searchFindings: search },
    });
    for (let i = 0; i < 3; i += 1)
      expect(await sources.gather(incident(), forever)).toMatchObject({ surroundings: [], similar: [] });
    expect(lines).toHaveLength(3);
    isAway = false;
    await sources.gather(incident(), forever);
    expect(lines).toHaveLength(6);
    expect(await outcomes(registry)).toMatchObject({
      'similar failed': 12,
      'similar ok': 4,
      'runbooks ok': 4,
    });
  });

  it('ends when it is told to', async () => {
    const { sources } = sourcesWith({ store: { searchLogs: never, searchFindings: never } });
    const gathered = await sources.gather(incident(), AbortSignal.abort(new Error('stop')));
    expect(gathered.runbooks.map(({ name }) => name)).toEqual(['by-words']);
  });

  it('asks the store a few things at a time, however many incidents there are', async () => {
    let now = 0;
    let most = 0;
    const search = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return [];
    };
    const { sources } = sourcesWith({ store: { searchLogs: search, searchFindings: search } });
    await Promise.all(Array.from({ length: 50 }, () => sources.gather(incident(), forever)));
    expect(most).toBe(4);
  });
});
