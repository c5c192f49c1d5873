import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../port.ts';
import { forever, line, start } from './line.ts';

const minute = 60_000;

/** Finding logs: filters, order, keywords. */
export function searchContract(store: () => Store): void {
  describe('search', () => {
    const texts = [
      'java.net.ConnectException: Connection refused (connection_refused)',
      '数据库宕机,无法连接 CPU温度过高',
      '数据库恢复 100% done',
      'say "hello" to C:\\temp and a_b',
    ];
    beforeAll(async () => {
      const documents = texts.map((text, index) =>
        line(text, { service: 'search', host: `host-${index % 2}`, at: start + index * minute }),
      );
      await store().saveLogs(documents, forever);
      const json = '{"@timestamp":"2026-11-20T08:00:00Z","message":"x","fields":{"service":"by-fields"}}';
      await store().saveLogs([{ id: 'by-fields', type: 'app', json }], forever);
      await store().refresh();
    });
    const found = async (...keywords: string[]): Promise<number[]> => {
      const lines = await store().searchLogs({ service: 'search', keywords, limit: 10, order: 'oldest' });
      return lines.map(({ message }) => texts.indexOf(message));
    };

    it('filters by service, host and time, from inclusive and to exclusive', async () => {
      const count = (query: Parameters<Store['countLogs']>[0]) =>
        store().countLogs({ service: 'search', ...query });
      expect(await count({})).toBe(4);
      expect(await count({ host: 'host-1' })).toBe(2);
      expect(await count({ from: start + minute })).toBe(3);
      expect(await count({ from: start + minute, to: start + 3 * minute })).toBe(2);
      expect(await count({ service: 'sear' })).toBe(0);
      expect(await store().countLogs({ service: 'by-fields' })).toBe(1);
    });

    it('finds a line by its id', async () => {
      const [line] = await store().searchLogs({ service: 'by-fields', limit: 1 });
      expect(line?.message).toBe('x');
      expect(await store().searchLogs({ id: 'by-fields', limit: 2 })).toEqual([line]);
      expect(await store().countLogs({ id: 'by-fields', service: 'search' })).toBe(0);
      expect(await store().countLogs({ id: 'by-' })).toBe(0);
    });

    it('gives the newest first, or the oldest, and no more than asked for', async () => {
      const messages = async (order: 'newest' | 'oldest', limit: number) =>
        (await store().searchLogs({ service: 'search', order, limit })).map(({ message }) => message);
      expect(await messages('newest', 10)).toEqual(texts.toReversed());
      expect(await messages('oldest', 2)).toEqual(texts.slice(0, 2));
      const byDefault = await store().searchLogs({ service: 'search', limit: 1 });
      expect(byDefault.map(({ message }) => message)).toEqual(texts.slice(3));
    });

    it('gives fewer where they are too long in all, those that come first', async () => {
      const long = Array.from({ length: 8 }, (_, index) =>
        line(`${index} ${'x'.repeat(100_000)}`, { service: 'wordy', at: start + index * minute }),
      );
      await store().saveLogs(long, forever);
      await store().refresh();
      const found = async (maxBytes: number) =>
        (await store().searchLogs({ service: 'wordy', limit: 8, maxBytes })).map(({ message }) => message[0]);
      expect(await found(10_000_000)).toEqual(['7', '6', '5', '4', '3', '2', '1', '0']);
      const some = await found(450_000);
      expect(some).toEqual(['7', '6', '5', '4'].slice(0, some.length));
      expect(some.length).toBeGreaterThan(0);
      expect(await found(1000)).toEqual([]);
    });

    it('finds Chinese anywhere in a line, one character or many', async () => {
      expect(await found('宕机')).toEqual([1]);
      expect(await found('无法连接')).toEqual([1]);
      expect(await found('库恢')).toEqual([2]);
      expect(await found('度')).toEqual([1]);
      expect(await found('据')).toEqual([1, 2]);
      expect(await found('CPU温度')).toEqual([1]);
      expect(await found('连数')).toEqual([]);
    });

    it('finds words and runs of words whatever their case, and all keywords must be there', async () => {
      expect(await found('connection refused')).toEqual([0]);
      expect(await found('CONNECTEXCEPTION')).toEqual([0]);
      expect(await found('exception refused')).toEqual([]);
      expect(await found('connection', 'refused')).toEqual([0]);
      expect(await found('数据库', '无法连接')).toEqual([1]);
      expect(await found('数据库', 'refused')).toEqual([]);
      expect(await found('connec')).toEqual([0]);
      expect(await found()).toEqual([0, 1, 2, 3]);
    });

    it.each([
      '* OR 1=1',
      'connection OR nothing',
      'message:refused*',
      '宕机 -无法',
      'refus.d',
      '.*',
      'NEAR(a b)',
    ])('takes %s as text', async (keyword) => {
      expect(await found(keyword, 'refused')).toEqual([]);
    });

    it('finds text that looks like syntax where it stands', async () => {
      expect(await found('"hello"')).toEqual([3]);
      expect(await found('C:\\temp')).toEqual([3]);
      expect(await found('100%')).toEqual([2]);
    });

    it('takes hostile text in every filter', async () => {
      const hostile = `"}}], "query": '; DROP TABLE logs; -- \0 {{x}} \\`;
      const query = { service: hostile, host: hostile, type: hostile, keywords: [hostile], limit: 5 };
      expect(await store().searchLogs(query)).toEqual([]);
      expect(await store().searchLogs({ keywords: [hostile], limit: 5 })).toEqual([]);
      expect(await store().countLogs({ service: 'search' })).toBe(4);
    });
  });
}
