import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Delivery, Finding } from '#shared/model/index.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever } from '../contract/line.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import type { Store } from '../port.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

const at = '2026-11-21T10:00:00.000Z';
const wang = { id: 'wang', name: '王芳' };
const Bucket = z.object({
  key: z.record(z.string(), z.string().nullable()),
  mean: z.object({ value: z.number() }),
});
const Buckets = z.object({ aggregations: z.object({ by: z.object({ buckets: z.array(Bucket) }) }) });
const Count = z.object({ count: z.number() });

/** What people ask of it in Kibana, past the port. */
describe.skipIf(elasticsearchAddress() === undefined)('in Elasticsearch people can', () => {
  let installation: Installation;
  let store: Store;
  const index = (kind: string) => `${kind}-${installation.elasticsearch.namespace}`;
  beforeAll(async () => {
    installation = newInstallation();
    const { elasticsearch, config } = installation;
    store = await openElasticsearchStore({
      elasticsearch,
      routes: config.routes,
      logger: pino({ level: 'silent' }),
    });
    await store.setup();
  });
  afterAll(async () => {
    await store.close();
    await installation.remove();
  });

  it('chart the response times by channel, outcome and cause', async () => {
    const of = (messageId: string, ms: number, changes: Partial<Delivery>) =>
      sampleDelivery({ messageId, response_time_ms: ms, at, ...changes });
    await store.saveDeliveries(
      [
        of('m1', 10, { channel: 'ops' }),
        of('m2', 30, { channel: 'ops' }),
        of('m3', 800, { channel: 'ops', outcome: 'retrying', cause: 'retryable' }),
        of('m4', 5, { channel: 'web', outcome: 'dead', cause: 'permanent' }),
      ],
      forever,
    );
    await store.refresh();
    const sources = ['channel', 'outcome', 'cause'].map((field) => ({
      [field]: { terms: { field, missing_bucket: true } },
    }));
    const answer = await installation.connection.call({
      method: 'POST',
      path: `/${index('deliveries')}/_search`,
      body: {
        size: 0,
        aggs: { by: { composite: { sources }, aggs: { mean: { avg: { field: 'response_time_ms' } } } } },
      },
    });
    expect(Buckets.parse(answer).aggregations.by.buckets).toEqual([
      { key: { channel: 'ops', outcome: 'retrying', cause: 'retryable' }, mean: { value: 800 } },
      { key: { channel: 'ops', outcome: 'sent', cause: null }, mean: { value: 20 } },
      { key: { channel: 'web', outcome: 'dead', cause: 'permanent' }, mean: { value: 5 } },
    ]);
  });

  it('ask for findings by what people did about them, by whose they are, and by their labels', async () => {
    const finding: Finding = sampleFinding({
      ...{ state: 'acknowledged', acknowledged: { by: wang, at }, assignee: { id: 'zhao', name: 'Zhao' } },
      history: [
        { id: 'click-1', at, action: 'hand-over', by: wang, to: { id: 'zhao', name: 'Zhao' }, note: '请看' },
      ],
      labels: { component: 'database', tier: 'gold' },
      dependants: [{ id: '0-dependant-1', service: 'checkout', title: 'Timeouts' }],
      assets: [{ host: 'db-1', owner: '数据库组', facts: {} }],
      series: { startAt: Date.parse(at), stepMs: 15_000, counts: [1, 0, 2] },
    });
    await store.saveFindings([finding, sampleFinding({ id: '0-other-1', resolvedBy: 'person' })], forever);
    await store.refresh();
    expect(await store.finding(finding.id)).toEqual(finding);
    const count = async (query: Record<string, unknown>, kind = 'findings') => {
      const path = `/${index(kind)}/_count`;
      return Count.parse(await installation.connection.call({ method: 'POST', path, body: { query } })).count;
    };
    for (const term of [
      { state: 'acknowledged' },
      { 'acknowledged.by.id': 'wang' },
      { 'assignee.id': 'zhao' },
      { 'history.action': 'hand-over' },
      { 'history.by.name': '王芳' },
      { 'history.to.id': 'zhao' },
      { 'dependants.service': 'checkout' },
      { 'assets.owner': '数据库组' },
      { 'labels.component': 'database' },
      { labels: 'gold' },
      { resolvedBy: 'person' },
    ])
      expect([term, await count({ term })]).toEqual([term, 1]);
    expect(await count({ range: { 'acknowledged.at': { gte: at, lte: at } } })).toBe(1);

    const entry = { id: 'a1', at, by: wang, via: 'card', action: 'hand-over', outcome: 'done' } as const;
    await store.saveAudit([entry], forever);
    await store.refresh();
    for (const term of [{ 'by.id': 'wang' }, { action: 'hand-over' }, { via: 'card' }])
      expect([term, await count({ term }, 'audit')]).toEqual([term, 1]);
  });
});
