import { describe, expect, it, vi } from 'vitest';
import type { Asset, Incident } from '#shared/model/index.ts';
import type { Runbook, RunbookQuery } from '#shared/runbooks/port.ts';
import { knownOf } from './index.ts';
import { first, hit, incident, iso, never, sourcesWith } from './testing/sources-with.ts';

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
        ...{ line: 7, terms: [], foundBy: 'rule', score: 0, steps: ['df -h'] },
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
