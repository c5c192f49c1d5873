import { describe, expect, it } from 'vitest';
import type { LogScan, ScannedLog, Store } from '../port.ts';
import { forever, line, start } from './line.ts';

/** Going through lines: order, completeness beside writing, ends, memory; counts by time and by service. */
export function scanContract(store: () => Store): void {
  const save = async (documents: ReturnType<typeof line>[]): Promise<void> => {
    const outcomes = await store().saveLogs(documents, forever);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['stored']));
    await store().refresh();
  };
  const scanned = async (query: LogScan): Promise<ScannedLog[]> => {
    const logs: ScannedLog[] = [];
    for await (const page of store().scanLogs(query)) {
      expect(page.length).toBeGreaterThan(0);
      logs.push(...page);
    }
    return logs;
  };

  describe('scan', () => {
    it('gives each line whole, with its place and its event', async () => {
      const document = line('disk failed', {
        at: start + 5,
        service: 'whole',
        host: 'db-9',
        labels: { a: '值' },
      });
      await save([document]);
      const [log, ...others] = await scanned({ service: 'whole' });
      expect(others).toEqual([]);
      expect(log).toMatchObject({
        id: document.id,
        type: 'app',
        timestamp: new Date(start + 5).toISOString(),
        host: 'db-9',
        service: 'whole',
        message: 'disk failed',
        file: '/var/log/app.log',
        offset: JSON.parse(document.json).log.offset,
      });
      expect(JSON.parse(log?.json ?? '')).toMatchObject(JSON.parse(document.json));
    });

    it('gives every line once, oldest first, however many share a moment, over many pages', async () => {
      // Written in an order of their own; three thousand of them at one moment.
      const at = (index: number): number => (index % 3 === 0 ? start + 500 : start + ((index * 7919) % 1000));
      const documents = Array.from({ length: 9000 }, (_, index) =>
        line(`step ${index}`, { at: at(index), service: 'many' }),
      );
      await save(documents);
      const logs = await scanned({ service: 'many' });
      expect(new Set(logs.map(({ id }) => id)).size).toBe(9000);
      expect(logs).toHaveLength(9000);
      const times = logs.map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted());
      const sameMoment = logs
        .filter(({ timestamp }) => Date.parse(timestamp) === start + 500)
        .map(({ offset }) => offset ?? -1);
      expect(sameMoment).toEqual(sameMoment.toSorted((a, b) => a - b));
      const part = await scanned({ service: 'many', from: start + 200, to: start + 500 });
      expect(part.map(({ id }) => id)).toEqual(
        logs
          .filter(({ timestamp }) => Date.parse(timestamp) >= start + 200)
          .filter(({ timestamp }) => Date.parse(timestamp) < start + 500)
          .map(({ id }) => id),
      );
    });

    it('gives what was there at its beginning, once, while writing goes on', async () => {
      const make = (name: string, count: number): ReturnType<typeof line>[] =>
        Array.from({ length: count }, (_, index) =>
          line(`${name} ${index}`, { at: start + index, service: 'busy' }),
        );
      const first = make('first', 4000);
      await save(first);
      const ids: string[] = [];
      let writing = Promise.resolve();
      for await (const page of store().scanLogs({ service: 'busy' })) {
        if (ids.length === 0) writing = save(make('later', 1000));
        ids.push(...page.map(({ id }) => id));
        await writing;
      }
      expect(ids.length).toBe(new Set(ids).size);
      expect(new Set(ids)).toEqual(new Set(first.map(({ id }) => id)));
      expect(await scanned({ service: 'busy' })).toHaveLength(5000);
    });

    it('finds what searches find: keywords, host, type', async () => {
      await save([
        line('数据库宕机, connection refused', { service: 'filtered', host: 'a' }),
        line('connection made', { service: 'filtered', host: 'b' }),
        line('connection refused', { service: 'filtered', host: 'b', type: 'nginx' }),
      ]);
      const messages = async (query: LogScan) =>
        (await scanned({ service: 'filtered', ...query })).map(({ message }) => message).toSorted();
      expect(await messages({ keywords: ['refused'] })).toEqual([
        'connection refused',
        '数据库宕机, connection refused',
      ]);
      expect(await messages({ keywords: ['connection', '宕机'] })).toEqual([
        '数据库宕机, connection refused',
      ]);
      expect(await messages({ host: 'b' })).toEqual(['connection made', 'connection refused']);
      expect(await messages({ type: 'nginx' })).toEqual(['connection refused']);
      expect(await messages({ type: 'no such type/*' })).toEqual([]);
      expect(await scanned({ service: 'nobody' })).toEqual([]);
    });

    it('keeps its pages small where lines are long', async () => {
      const text = 'x'.repeat(700_000);
      await save(
        Array.from({ length: 60 }, (_, index) => line(text, { at: start + index, service: 'long' })),
      );
      let lines = 0;
      for await (const page of store().scanLogs({ service: 'long' })) {
        expect(page.reduce((sum, { json }) => sum + json.length, 0)).toBeLessThanOrEqual(32 * 1024 * 1024);
        lines += page.length;
      }
      expect(lines).toBe(60);
    });

    it('ends where it is left half-way, and where the signal says so', async () => {
      const read = async (signal?: AbortSignal, then?: () => void): Promise<number> => {
        let pages = 0;
        for await (const page of store().scanLogs({
          service: 'many',
          ...(signal === undefined ? {} : { signal }),
        })) {
          pages += 1;
          expect(page.length).toBeLessThan(9000);
          if (then === undefined) break;
          then();
        }
        return pages;
      };
      expect(await read()).toBe(1);
      const controller = new AbortController();
      await expect(
        read(controller.signal, () => controller.abort(new Error('told to stop'))),
      ).rejects.toThrow('told to stop');
      await expect(read(AbortSignal.abort(new Error('already')), () => {})).rejects.toThrow('already');
      // Nothing of it is left over: the store goes on.
      expect(await store().countLogs({ service: 'many' })).toBe(9000);
    });
  });

  describe('counts', () => {
    it('counts by equal parts of the time', async () => {
      const at = [0, 1, 99, 100, 333, 334, 999];
      await save(at.map((offset) => line('tick', { at: start + offset, service: 'slices' })));
      const count = (slices: number) =>
        store().countLogsOverTime({ service: 'slices', from: start, to: start + 1000 }, slices);
      expect(await count(10)).toEqual([3, 1, 0, 2, 0, 0, 0, 0, 0, 1]);
      expect(await count(3)).toEqual([5, 1, 1]);
      expect(await count(1)).toEqual([7]);
      expect(
        await store().countLogsOverTime({ service: 'nobody', from: start, to: start + 1000 }, 2),
      ).toEqual([0, 0]);
    });

    it('knows a service by the first name that an event gives, else by its file', async () => {
      const event = (id: string, fields: object, at = start + 3_600_000) => ({
        id,
        type: 'app',
        json: JSON.stringify({
          '@timestamp': new Date(at).toISOString(),
          message: 'who am I',
          host: { name: 'namer' },
          ...fields,
        }),
      });
      const path = (name: string) => ({ log: { file: { path: name } } });
      await save([
        event('n1', { service: { name: 'named' }, fields: { service: 'other' }, ...path('/x/file.log') }),
        event('n2', { fields: { service: 'named' } }),
        event('n3', { container: { name: 'boxed' } }),
        event('n4', { kubernetes: { container: { name: 'boxed' } } }),
        event('n5', path('/var/log/it-em.log')),
        event('n6', path('/var/log/it-em.log.2.gz')),
        event('n7', path('C:\\logs\\it-em-2026-11-20.LOG')),
        event('n8', path('/var/log/it-em-more.log')),
        event('n9', {}),
      ]);
      const counts = await store().services({ host: 'namer', limit: 10 });
      expect(counts).toEqual([
        { service: 'it-em', count: 3 },
        { service: 'boxed', count: 2 },
        { service: 'named', count: 2 },
        { service: 'it-em-more', count: 1 },
      ]);
      for (const { service, count } of counts) {
        expect(await store().countLogs({ service, host: 'namer' })).toBe(count);
        const logs = await scanned({ service, host: 'namer' });
        expect(logs.map((log) => log.service)).toEqual(Array.from({ length: count }, () => service));
      }
      expect(await store().services({ host: 'namer', limit: 1 })).toEqual([{ service: 'it-em', count: 3 }]);
      expect(await store().services({ host: 'namer', limit: 10, from: start + 3_600_001 })).toEqual([]);
      for (const service of ['other', 'it.em', 'it', '.*', 'it-em"'])
        expect(await store().countLogs({ service, host: 'namer' })).toBe(0);
    });
  });
}
