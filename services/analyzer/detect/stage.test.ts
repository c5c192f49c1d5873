import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { Signal } from '#shared/model/index.ts';
import { loadRules } from './rules/index.ts';
import { detectStage } from './stage.ts';

const config = ConfigSchema.parse({
  domains: [
    { name: 'pay', partition: 3, services: ['checkout'] },
    { name: 'default', partition: 0 },
  ],
});
const uncounted = { ...config, rates: { ...config.rates, enabled: false } };
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const context = { now: Date.UTC(2026, 10, 21), signal: new AbortController().signal };

const record = (offset: number, service: string, message: string) => ({
  topic: 'logs.app',
  partition: 1,
  offset,
  key: null,
  value: Buffer.from(JSON.stringify({ message, service: { name: service } })),
  headers: {},
  timestamp: context.now,
});

describe('detectStage', () => {
  it('sends each signal to its domain’s partition, keyed by fingerprint, and covers the batch', async () => {
    const seen: object[] = [];
    const stage = detectStage({
      type: 'app',
      config: uncounted,
      rules,
      observe: (event) => seen.push(event),
    });
    expect(stage).toMatchObject({
      group: 'detect-logs.app',
      input: 'logs.app',
      start: 'committed',
      state: [],
    });
    const result = await stage.task(1).handle(
      {
        kind: 'batch',
        caughtUp: true,
        records: [
          record(40, 'checkout', 'Connection refused'),
          record(41, 'shop', 'all is well'),
          record(44, 'shop', 'Connection refused'),
        ],
      },
      context,
    );
    expect(result.covers).toBe(45);
    expect(result.records.map(({ topic, partition }) => ({ topic, partition }))).toEqual([
      { topic: 'signals', partition: 3 },
      { topic: 'signals', partition: 0 },
    ]);
    for (const { key, value } of result.records)
      expect(Signal.parse(JSON.parse(String(value)))).toMatchObject({ fingerprint: key, count: 1 });
    expect(seen).toEqual([
      { type: 'app', lines: 3, decoded: 2, signals: 2, late: 0, future: 0, passedOver: 0 },
    ]);
  });

  it('sends what ends a failure beside the failures, keyed by the rule', async () => {
    const task = detectStage({ type: 'app', config: uncounted, rules }).task(0);
    const link = (offset: number, state: string) =>
      record(offset, 'checkout', `e1000e 0000:00:19.0 eno1: NIC Link is ${state}`);
    const { records } = await task.handle(
      { kind: 'batch', caughtUp: true, records: [link(1, 'Down'), link(2, 'Up 1000 Mbps')] },
      context,
    );
    const clears = records.filter(({ key }) => key === 'network.link-down');
    expect(
      clears.map(({ partition, value }) => [partition, Signal.parse(JSON.parse(String(value)))]),
    ).toEqual([
      [3, expect.objectContaining({ kind: 'clear', purpose: 'resolved-by', captures: { device: 'eno1' } })],
      [3, expect.objectContaining({ kind: 'clear', purpose: 'unless', captures: { device: 'eno1' } })],
    ]);
    const hits = records.filter(({ value }) => JSON.parse(String(value)).kind === 'hit');
    expect(hits.map(({ value }) => JSON.parse(String(value)).rule).sort()).toEqual([
      'network.link-down',
      'network.link-flapping',
    ]);
  });

  it('covers a batch in which nothing was found, and has nothing to do at a tick', async () => {
    const task = detectStage({ type: 'app', config: uncounted, rules }).task(0);
    expect(
      await task.handle(
        { kind: 'batch', caughtUp: true, records: [record(7, 'shop', 'all is well')] },
        context,
      ),
    ).toEqual({ records: [], covers: 8 });
    expect(await task.handle({ kind: 'tick', caughtUp: true }, context)).toEqual({ records: [] });
  });

  it('counts every kind of line for its domain, with the hits of the same transaction', async () => {
    const task = detectStage({ type: 'app', config, rules }).task(0);
    const lines = ['Connection refused', 'took 5 ms', 'took 7 ms'];
    const result = await task.handle(
      {
        kind: 'batch',
        caughtUp: true,
        records: [
          ...lines.map((line, index) => record(index, 'shop', line)),
          record(3, 'checkout', 'took 7 ms'),
        ],
      },
      context,
    );
    const signals = result.records.map(({ value }) => Signal.parse(JSON.parse(String(value))));
    expect(result.records.map(({ partition, key }) => [partition, key])).toEqual([
      [0, expect.any(String)],
      [0, 'counts'],
      [3, 'counts'],
    ]);
    expect(signals.slice(1)).toMatchObject([
      {
        domain: 'default',
        sampling: 1,
        otherCount: 0,
        entries: [
          { masked: 'Connection refused', count: 1, rule: 'network.connection-refused', severity: 'warning' },
          { masked: 'took <*> ms', count: 2, exemplar: { text: 'took 5 ms' } },
        ],
      },
      { domain: 'pay', entries: [{ service: 'checkout', masked: 'took <*> ms', count: 1 }] },
    ]);
  });
});
