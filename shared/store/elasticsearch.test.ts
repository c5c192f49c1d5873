import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { type ElasticsearchGate, openElasticsearchGate } from '#test/stand-ins/elasticsearch-gate.ts';
import { forever, line } from './contract/line.ts';
import { storeContract } from './contract.ts';
import { type Installation, newInstallation } from './elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from './elasticsearch.ts';
import type { Store } from './port.ts';

const logger = pino({ level: 'silent' });
const open = ({ elasticsearch, config }: Installation, url = elasticsearch.url): Promise<Store> =>
  openElasticsearchStore({ elasticsearch: { ...elasticsearch, url }, routes: config.routes, logger });

describe.skipIf(elasticsearchAddress() === undefined)('on a real Elasticsearch', () => {
  storeContract('elasticsearch', async () => {
    const installation = newInstallation();
    const store = await open(installation);
    await store.setup();
    const close = async () => {
      await store.close();
      await installation.remove();
    };
    return { store, close };
  });

  describe('elasticsearch, when things go wrong', () => {
    let installation: Installation;
    let gate: ElasticsearchGate;
    let store: Store;
    let service = 0;
    const kinds = async (...args: Parameters<Store['saveLogs']>) =>
      (await store.saveLogs(...args)).map(({ kind }) => kind);
    /** As many lines of a service that no other test has, and how many of them are stored. */
    const newLines = (count: number) => {
      service += 1;
      const name = `trouble-${service}`;
      const counted = async () => {
        await store.refresh();
        return store.countLogs({ service: name });
      };
      return {
        lines: Array.from({ length: count }, (_, n) => line(`line ${n}`, { service: name })),
        counted,
      };
    };
    beforeAll(async () => {
      installation = newInstallation({ bulkBytes: 64 * 1024 });
      gate = await openElasticsearchGate(installation.elasticsearch.url);
      const direct = await open(installation);
      await direct.setup();
      await direct.close();
      store = await open(installation, gate.url);
    });
    afterEach(() => gate.behave({ kind: 'open' }));
    afterAll(async () => {
      await store.close();
      await gate.close();
      await installation.remove();
    });

    it('finds a line from before a rollover when it is asked to look in the whole stream', async () => {
      const { lines, counted } = newLines(3);
      await kinds(lines.slice(0, 2), forever);
      await installation.rollOver('app');
      // Not refreshed since it was written: a plain search would not see it.
      expect(await kinds(lines, { ...forever, verify: true })).toEqual(['duplicate', 'duplicate', 'stored']);
      expect(await counted()).toBe(3);
    });

    it('waits while Elasticsearch is away, and writes once it is back', async () => {
      const { lines, counted } = newLines(500);
      await gate.down();
      const writing = kinds(lines, forever);
      await expect(store.searchLogs({ limit: 1 })).rejects.toMatchObject({ kind: 'unreachable' });
      expect(await store.health()).toMatchObject({
        ok: false,
        remedy: expect.stringContaining('start Elasticsearch'),
      });
      await gate.up();
      expect(await writing).toEqual(lines.map(() => 'stored'));
      expect(await counted()).toBe(500);
    });

    it('stores each line once where answers get lost and an index is rolled over meanwhile', async () => {
      const { lines, counted } = newLines(20);
      const before = gate.passed.length;
      gate.behave({ kind: 'lossy' });
      const writing = kinds(lines, forever);
      await vi.waitUntil(() => gate.passed.length > before);
      await installation.rollOver('app');
      gate.behave({ kind: 'open' });
      await writing;
      expect(await counted()).toBe(20);
    });

    it('tries only those documents again that met a full queue', async () => {
      const { lines, counted } = newLines(8);
      const before = gate.passed.length;
      gate.behave({ kind: 'overloaded' });
      // Halved with each attempt: 8, 4, 2, 1; a document that were sent twice would be a duplicate.
      expect(await kinds(lines, forever)).toEqual(lines.map(() => 'stored'));
      expect(gate.passed.length - before).toBe(4);
      expect(await counted()).toBe(8);
    });

    it('divides what a proxy finds too large, and rejects only what is too large by itself', async () => {
      const { lines, counted } = newLines(40);
      gate.behave({ kind: 'small', maxBytes: 4000 });
      const large = line('x'.repeat(5000));
      expect(await kinds([...lines, large], forever)).toEqual([...lines.map(() => 'stored'), 'rejected']);
      expect(await counted()).toBe(40);
    });

    it.each([
      [429, '{"error":"too many requests","status":429}'],
      [503, '{"error":"no master","status":503}'],
      [200, '<html>Welcome to our network</html>'],
      [200, '{"errors":false,"items":[]}'],
    ])('does not take an answer of %i %s for success', async (status, body) => {
      const { lines, counted } = newLines(2);
      gate.behave({ kind: 'status', status, body });
      const writing = kinds(lines, forever);
      await expect(store.health()).resolves.toMatchObject({ ok: false });
      gate.behave({ kind: 'open' });
      expect(await writing).toEqual(['stored', 'stored']);
      expect(await counted()).toBe(2);
    });

    it.each(['silent', 'down'] as const)('stops waiting within a second of the signal (%s)', async (how) => {
      if (how === 'down') await gate.down();
      else gate.behave({ kind: 'silent' });
      const controller = new AbortController();
      const writing = store.saveLogs(newLines(10).lines, { signal: controller.signal });
      // The write is under way: this call meets the same trouble later than it.
      await Promise.race([store.health(), new Promise((resolve) => setImmediate(resolve))]);
      const aborted = performance.now();
      controller.abort(new Error('told to stop'));
      await expect(writing).rejects.toThrow('told to stop');
      expect(performance.now() - aborted).toBeLessThan(1000);
      if (how === 'down') await gate.up();
    });
  });
});
