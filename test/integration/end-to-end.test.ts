import { appendFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { canRun, type Installation, sizes, startInstallation } from './installation.ts';

const patience = { timeout: 45_000, interval: 100 };

const trace = (
  order: number,
): string => `${new Date().toISOString()} ERROR [worker-${order}] OrderService - cannot save order ${order}
java.lang.OutOfMemoryError: Java heap space
\tat com.example.shop.Orders.save(Orders.java:4${order})
\tat com.example.shop.Shop.main(Shop.java:7)
`;
const calm = (request: number): string =>
  `${new Date().toISOString()} INFO request ${request} served in 12 ms\n`;

describe.each(sizes)('from a line in a file to a card in Feishu, on %s', (size) => {
  describe.skipIf(!canRun(size))('', () => {
    let installation: Installation;
    let file: string;
    beforeAll(async () => {
      installation = await startInstallation(size);
      file = join(installation.folder, 'shop.log');
    });
    afterAll(() => installation?.stop());

    const cards = () => installation.feishu.accepted;

    it('tells of a failure once, with its line, and keeps every line and the finding', async () => {
      await appendFile(file, calm(1) + trace(1) + calm(2));
      await vi.waitUntil(() => cards().length > 0, patience);
      const [card] = cards();
      expect(card?.seen?.title).toContain('shop');
      expect(card?.seen?.text).toContain('OutOfMemoryError: Java heap space');
      const { store } = installation.runtime;
      await vi.waitUntil(async () => {
        await store.refresh();
        return (await store.countLogs({ type: 'app' })) === 3;
      }, patience);
      const [found] = await store.searchLogs({ type: 'app', keywords: ['cannot save order'], limit: 10 });
      expect(found?.message).toContain('at com.example.shop.Orders.save');
      const finding = await vi.waitUntil(async () => {
        await store.refresh();
        return store.finding(card?.incidentId ?? '');
      }, patience);
      expect(finding).toMatchObject({ count: 1, state: 'open', severity: 'critical' });
    });

    it('counts the same failure of another request into the same incident, without a second card', async () => {
      const before = cards().length;
      await appendFile(file, Array.from({ length: 9 }, (_, i) => trace(2 + i)).join(''));
      const id = cards()[0]?.incidentId ?? '';
      const { store } = installation.runtime;
      await vi.waitUntil(async () => {
        await store.refresh();
        return (await store.finding(id))?.count === 10;
      }, patience);
      expect(cards().filter((card) => card.incidentId === id)).toHaveLength(before);
    });

    it('goes on over a rotation and with Feishu refusing for a while', async () => {
      installation.feishu.faults.next({ kind: 'status', status: 503 }, 2);
      installation.feishu.faults.next({ kind: 'code', code: 11232 }, 1);
      await rename(file, `${file}.1`);
      await appendFile(file, `${new Date().toISOString()} FATAL 数据库无法连接\n`);
      await vi.waitUntil(() => cards().some((card) => card.seen?.text.includes('数据库无法连接')), patience);
    });
  });
});
