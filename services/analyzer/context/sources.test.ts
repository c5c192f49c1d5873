import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Asset } from '#shared/model/index.ts';
import { forever, hit, incident, never, sourcesWith } from './testing/sources-with.ts';

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
      ...{ 'lines late': 3, 'host-lines late': 3, 'similar ok': 4 },
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
