import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { canRun, type Installation, sizes, startInstallation } from './installation.ts';
import { group, li, onCall, wang } from './on-call-group.ts';

const patience = { timeout: 30_000, interval: 50 };

/** Who took it, and when. */
const taken = /\d\d:\d\d.*王芳.*处理|王芳.*处理.*\d\d:\d\d/;

const failure = (order: number): string =>
  `${new Date().toISOString()} ERROR [worker-${order}] OrderService - cannot save order ${order}
java.lang.OutOfMemoryError: Java heap space
\tat com.example.shop.Orders.save(Orders.java:47)
`;

describe.each(sizes)('an incident in the life of an on-call group, on %s', (size) => {
  describe.skipIf(!canRun(size))('', () => {
    let installation: Installation;
    let file: string;
    beforeAll(async () => {
      installation = await startInstallation(size, { config: onCall, withGateway: true });
      file = join(installation.folder, 'shop.log');
      await vi.waitFor(async () => {
        const all = (await installation.door?.readiness()) ?? [];
        expect(all.find(({ name }) => name === 'feishu:main')).toMatchObject({ ok: true });
      }, patience);
    }, 60_000);
    afterAll(() => installation?.stop());

    const messages = () => installation.feishu.platform.messages(group);
    const cards = () => messages().filter(({ parentId }) => parentId === undefined);
    const card = () => cards()[0];
    /** What stands on the card now. */
    const shown = () => card()?.states.at(-1);
    const click = (what: string, openId: string) =>
      installation.feishu.platform.click(card()?.messageId ?? '', what, openId);

    it('is one card in the group that calls whoever is on duty', async () => {
      await appendFile(file, failure(1));
      await vi.waitFor(() => expect(cards()).toHaveLength(1), patience);
      expect(shown()).toMatchObject({ color: 'red', title: expect.stringContaining('shop') });
      expect(shown()?.text).toContain('OutOfMemoryError: Java heap space');
      expect(card()?.rung).toEqual([wang]);
    });

    it('cannot be taken by somebody who may only look', async () => {
      const before = card()?.content;
      const { toast } = await click('处理工单', li);
      expect(toast).toMatchObject({ type: 'warning', content: expect.stringContaining('没有权限') });
      expect(card()?.content).toBe(before);
    });

    it('is taken with a click, and the card says by whom and when', async () => {
      expect(shown()?.text).not.toMatch(taken);
      const { toast, durationMs } = await click('处理工单', wang);
      expect(toast).toMatchObject({ type: 'success' });
      expect(durationMs).toBeLessThan(3000);
      await vi.waitFor(() => expect(shown()?.text).toMatch(taken), patience);
      expect(messages()).toHaveLength(1);
    });

    it('is resolved with a click, and the card turns green', async () => {
      expect((await click('已解决', wang)).toast).toMatchObject({ type: 'success' });
      await vi.waitFor(() => expect(shown()).toMatchObject({ color: 'green' }), patience);
      expect(messages()).toHaveLength(1);
    });

    it('comes back red on the same card when it fails again, and rings', async () => {
      await appendFile(file, failure(2));
      await vi.waitFor(() => expect(shown()).toMatchObject({ color: 'red' }), patience);
      const ring = await vi.waitUntil(
        () => messages().find(({ parentId }) => parentId === card()?.messageId),
        patience,
      );
      expect(ring.rung).toEqual([wang]);
      expect(cards()).toHaveLength(1);
    });

    it('has left who did what, and each call, in the store', async () => {
      const { store } = installation.runtime;
      await vi.waitFor(async () => {
        await store.refresh();
        expect(await store.audit({ limit: 10 })).toHaveLength(3);
      }, patience);
      const audit = await store.audit({ limit: 10 });
      expect(audit.map(({ action, by, outcome }) => [action, by.name, outcome])).toEqual(
        expect.arrayContaining([
          ['acknowledge', '李雷', 'refused'],
          ['acknowledge', '王芳', 'done'],
          ['resolve', '王芳', 'done'],
        ]),
      );
      const incidentId = audit[0]?.incidentId ?? '';
      const deliveries = await vi.waitUntil(async () => {
        await store.refresh();
        const found = (await store.deliveries({ incidentId, limit: 100 })).filter(
          ({ outcome }) => outcome === 'sent',
        );
        return found.length >= 4 ? found : undefined;
      }, patience);
      expect(new Set(deliveries.map(({ platformMessageId }) => platformMessageId))).toEqual(
        new Set([card()?.messageId]),
      );
      for (const { response_time_ms } of deliveries) expect(response_time_ms).toBeGreaterThan(0);
    });
  });
});
