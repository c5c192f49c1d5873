import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OutRecord } from '#shared/bus/port.ts';
import { canRun, type Installation, sizes, startInstallation } from './installation.ts';

const patience = { timeout: 45_000, interval: 200 };

/** An event as Filebeat ships it, or whatever else `message` and `extra` make of it. */
const event = (offset: number, message: string | undefined, extra: Record<string, unknown> = {}): string =>
  JSON.stringify({
    '@timestamp': new Date().toISOString(),
    ...(message === undefined ? {} : { message }),
    log: { offset, file: { path: '/var/log/hostile.log' } },
    host: { name: 'web-1' },
    service: { name: 'shop' },
    ...extra,
  });

const failure = (name: string): string => `FATAL ${name}: cannot go on`;
const nested = (levels: number): string =>
  `{"message":"${failure('nested')}","deep":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;

/** What is wrong with each record, and whether it must end in the dead-letter topic or be kept. */
const hostile: readonly { what: string; value: string | Buffer; end: 'kept' | 'dead' | 'either' }[] = [
  { what: 'not JSON', value: 'plain text, not JSON', end: 'dead' },
  { what: 'JSON that is no object', value: '["a", 1]', end: 'dead' },
  { what: 'cut JSON', value: '{"message":"cut', end: 'dead' },
  { what: 'empty value', value: '', end: 'dead' },
  { what: 'no message', value: event(1, undefined, { level: 'info', msg: 'ndjson' }), end: 'kept' },
  {
    what: 'a line of 2 MB',
    value: event(2, `${failure('huge')} ${'x'.repeat(2 * 1024 * 1024)}`),
    end: 'kept',
  },
  {
    what: 'bytes that are no UTF-8',
    value: Buffer.from(event(4, 'broken MARK here').replace('MARK', '\u00ff\u00fe'), 'latin1'),
    end: 'kept',
  },
  { what: 'a NUL', value: event(5, `${failure('nul')} a\u0000b`), end: 'kept' },
  { what: '10,000 levels of nesting', value: nested(10_000), end: 'either' },
  {
    what: 'a prototype-polluting key',
    value: `{"message":"${failure('proto')}","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
    end: 'kept',
  },
  {
    what: 'the year 275760',
    value: event(6, failure('future'), { '@timestamp': '+275760-09-13T00:00:00.000Z' }),
    end: 'kept',
  },
  {
    what: 'a time that is none',
    value: event(7, failure('timeless'), { '@timestamp': 'yesterday' }),
    end: 'kept',
  },
  {
    what: 'fields of the wrong type',
    value: event(8, failure('types'), { host: 'web-1', log: 7, service: [] }),
    end: 'either',
  },
];

describe.each(sizes)('hostile records, on %s', (size) => {
  describe.skipIf(!canRun(size))('', () => {
    let installation: Installation;
    beforeAll(async () => {
      installation = await startInstallation(size, { config: { routing: { groupBy: [] } } });
    });
    afterAll(() => installation?.stop());

    it('each ends in the dead-letter topic or in the store, and the lines around them lose nothing', async () => {
      const { bus, store } = installation.runtime;
      const writer = await bus.writer('hostile');
      const good = Array.from({ length: 40 }, (_, i) => event(1000 + i, `INFO all is well ${i}`));
      good.push(event(2000, failure('real')));
      const records: OutRecord[] = [];
      for (const [index, value] of good.entries()) {
        records.push({ topic: 'logs.app', key: null, partition: 0, value });
        const bad = hostile[index % hostile.length];
        if (index < hostile.length && bad !== undefined)
          records.push({ topic: 'logs.app', key: null, partition: 0, value: bad.value });
      }
      for (const record of records) await writer.write([record]);
      await writer.close();

      const dead = async (): Promise<string[]> => {
        const reasons: string[] = [];
        for await (const record of bus.read('dlq.logs.app'))
          reasons.push(record.headers['logpatrol-error'] ?? '');
        return reasons;
      };
      const total = records.length;
      await vi.waitUntil(async () => {
        await store.refresh();
        return (await store.countLogs({ type: 'app' })) + (await dead()).length === total;
      }, patience);
      const reasons = await dead();
      const mustDie = hostile.filter((record) => record.end === 'dead').length;
      const mayDie = hostile.filter((record) => record.end === 'either').length;
      expect(reasons.length).toBeGreaterThanOrEqual(mustDie);
      expect(reasons.length).toBeLessThanOrEqual(mustDie + mayDie);
      for (const reason of reasons) expect(reason).not.toBe('');
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);

      await vi.waitUntil(
        () => installation.feishu.accepted.some((card) => card.seen?.text.includes('real: cannot go on')),
        patience,
      );
      for (const name of ['huge', 'nul', 'future', 'timeless'])
        await vi.waitUntil(
          () =>
            installation.feishu.accepted.some((card) => card.seen?.text.includes(`${name}: cannot go on`)),
          patience,
        );
    });
  });
});
