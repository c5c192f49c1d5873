import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus, BusRecord, OutRecord } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import type { AuditEntry } from '#shared/model/index.ts';
import { newInstallation } from '#shared/store/elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { start } from './main.ts';

const logger = pino({ level: 'silent' });
const patience = { timeout: 30_000, interval: 50 };

interface StoreSetting {
  readonly config: Config;
  readonly store: Store;
  remove(): Promise<void>;
}

async function embedded(dataDir: string): Promise<StoreSetting> {
  const store = await openEmbeddedStore({ dataDir, maxBytes: 1e9, logger });
  return { config: ConfigSchema.parse({}), store, remove: async () => undefined };
}

async function elasticsearch(): Promise<StoreSetting> {
  const { config, elasticsearch: settings, remove } = newInstallation();
  const store = await openElasticsearchStore({ elasticsearch: settings, routes: config.routes, logger });
  await store.setup();
  return { config, store, remove };
}

function event(offset: number, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    '@timestamp': new Date().toISOString(),
    host: { name: 'web-1' },
    service: { name: 'shop' },
    log: { offset, file: { path: '/var/log/app.log' } },
    message: `line at ${offset}`,
    ...more,
  });
}

describe.each([
  ['embedded', embedded, true],
  ['elasticsearch', elasticsearch, elasticsearchAddress() !== undefined],
] as const)('the indexer with the store %s', (_, openStore, isThere) => {
  describe.skipIf(!isThere)('from the bus', () => {
    let dataDir: string;
    let bus: Bus;
    let setting: StoreSetting;
    let indexer: Service;
    const metrics = new Registry();
    const write = async (records: readonly Pick<OutRecord, 'topic' | 'value'>[]) => {
      const writer = await bus.writer('test');
      await writer.write(records.map((record, index) => ({ key: `key-${index}`, partition: 0, ...record })));
      await writer.close();
    };
    const covered = (topic: string, count: number) =>
      vi.waitFor(
        async () => expect((await bus.committed(`indexer-${topic}`, topic)).get(0)).toBe(count),
        patience,
      );
    const dead = async (topic: string): Promise<BusRecord[]> => Array.fromAsync(bus.read(`dlq.${topic}`));
    const search = async (query: Partial<Parameters<Store['searchLogs']>[0]>) => {
      await setting.store.refresh();
      return setting.store.searchLogs({ limit: 100, order: 'oldest', ...query });
    };

    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-indexer-'));
      setting = await openStore(dataDir);
      bus = await openEmbeddedBus({ dataDir, maxBytes: 1e9, logger, observer: {} });
      await bus.setup(topicSpecs(setting.config));
      const { config, store } = setting;
      indexer = await start({ config, bus, store, logger, metrics, clock: Date.now });
    });
    afterAll(async () => {
      await indexer.stop();
      await bus.close();
      await setting.store.close();
      await setting.remove();
      await rm(dataDir, { recursive: true });
    });

    it('stores each line once, whatever the shipper repeats', async () => {
      const lines = [0, 100, 200].map((offset) => ({ topic: 'logs.nginx', value: event(offset) }));
      await write([...lines, ...lines.slice(1)]);
      await covered('logs.nginx', 5);
      const found = await search({ type: 'nginx' });
      expect(found.map(({ message }) => message).sort()).toEqual(['line at 0', 'line at 100', 'line at 200']);
      expect(await dead('logs.nginx')).toEqual([]);
      expect(await metrics.metrics()).toContain(
        'logpatrol_indexer_documents_total{stream="nginx",outcome="duplicate"} 2',
      );
    });

    it('stores or dead-letters each record of a hostile batch, and the rest of it goes on', async () => {
      const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
      const unreadable = ['not JSON', '[1]', '"text"', '{"message":', ''];
      const readable = [
        event(1, { '@timestamp': '+275760-09-13T00:00:00.000Z' }),
        event(2, { '@timestamp': 'yesterday' }),
        event(3, { '@timestamp': 12 }),
        event(4, { message: undefined, level: 'error', order: { id: 7 } }),
        event(5, { message: 'x'.repeat(2_000_000) }),
        event(6, { message: 'a\0b' }),
        event(7).replace('"message"', `"deep":${deep},"message"`),
        event(8).replace(
          '"message"',
          '"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}},"message"',
        ),
        event(9, { '': 'an empty name' }),
        event(10, { ' ': 'a blank name' }),
        event(11, { _id: 'a reserved name' }),
        event(12).replace('"message"', '"message":"first","message"'),
        event(13, { thing: 1 }),
        event(14, { thing: { of: 'another type' } }),
        event(15, { host: 'a text', log: 'a text' }),
        event(16, Object.fromEntries(Array.from({ length: 3000 }, (_, field) => [`f${field}`, field]))),
        event(17, { '@timestamp': '2026-02-30T00:00:00Z' }),
        event(18, { n: 'n'.repeat(40_000), ['k'.repeat(40_000)]: 'long' }),
      ];
      const invalid = Buffer.from(event(19, { message: 'invalid ?' }));
      invalid[invalid.indexOf('?')] = 0xff;
      const values = [...unreadable, ...readable, invalid, event(20, { message: 'the last' })];
      await write(values.map((value) => ({ topic: 'logs.app', value })));
      await covered('logs.app', values.length);
      const letters = await dead('logs.app');
      expect(letters.map(({ value }) => value?.toString())).toEqual(unreadable);
      expect(letters[0]?.headers).toMatchObject({ 'logpatrol-stage': 'indexer-logs.app' });
      const found = await search({ type: 'app' });
      expect(found).toHaveLength(readable.length + 2);
      expect(found.some(({ message }) => message === 'the last')).toBe(true);
      expect(found.some(({ message }) => message === 'invalid \ufffd')).toBe(true);
      expect(found.every(({ timestamp }) => new Date(timestamp).getUTCFullYear() < 3000)).toBe(true);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    });

    it('stores findings and deliveries, and dead-letters what is neither', async () => {
      const finding = sampleFinding();
      const revisions = [2, 1, 3].map((revision) => ({ ...finding, revision }));
      const values = [...revisions.map((revision) => JSON.stringify(revision)), '{"id":1}', null];
      await write(values.map((value) => ({ topic: 'findings', value })));
      await covered('findings', values.length);
      expect(await setting.store.finding(finding.id)).toEqual(revisions[2]);
      expect((await dead('findings')).map(({ value }) => value?.toString())).toEqual(['{"id":1}']);

      const sent = sampleDelivery();
      await write(
        [JSON.stringify(sent), JSON.stringify(sent), 'x'].map((value) => ({ topic: 'deliveries', value })),
      );
      await covered('deliveries', 3);
      await setting.store.refresh();
      expect(await setting.store.deliveries({ limit: 10 })).toEqual([sent]);
      expect(await dead('deliveries')).toHaveLength(1);
    });

    it('stores who did what once, and dead-letters what says nothing of it', async () => {
      const at = new Date().toISOString();
      const entry: AuditEntry = {
        ...{ id: 'click-1', at, by: { id: 'wang', name: '王芳' }, via: 'card', action: 'acknowledge' },
        ...{ outcome: 'refused', why: 'the role viewer may not', incidentId: '0-f-1', address: '10.0.0.1' },
      };
      const values = [JSON.stringify(entry), JSON.stringify(entry), '{"id":"x","action":7}'];
      await write(values.map((value) => ({ topic: 'audit', value })));
      await covered('audit', values.length);
      await setting.store.refresh();
      expect(await setting.store.audit({ limit: 10 })).toEqual([entry]);
      expect((await dead('audit')).map(({ value }) => value?.toString())).toEqual([values[2]]);
    });

    it.each(['ipmi', 'system'] as const)('stores readings and statuses (%s) once', async (source) => {
      const at = Date.now();
      const from = { source, server: `of-${source}` };
      const reading = sampleReading(at, from);
      const status = sampleStatus(at, { ...from, host: `of-${source}` });
      const values = [
        ...[reading, status, reading, status].map((metric) => JSON.stringify(metric)),
        '{"kind":1}',
      ];
      await write(values.map((value) => ({ topic: `metrics.${source}`, value })));
      await covered(`metrics.${source}`, values.length);
      await setting.store.refresh();
      expect(await setting.store.latestReadings({ ...from, limit: 10 })).toEqual([reading]);
      expect(await setting.store.readings({ ...from, sensor: reading.sensor, limit: 10 })).toEqual([reading]);
      expect(await setting.store.statusHistory({ ...from, limit: 10 })).toEqual([status]);
      expect((await dead(`metrics.${source}`)).map(({ value }) => value?.toString())).toEqual(['{"kind":1}']);
    });

    it('is ready where the bus and the store are', async () => {
      const states = await indexer.readiness();
      expect(states.map(({ ok }) => ok)).toEqual([true, true]);
    });
  });
});
