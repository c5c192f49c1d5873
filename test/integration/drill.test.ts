import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DrillHopName, type DrillReport, drillJob, planDrill, runDrill } from '#shared/drill/index.ts';
import { Signal } from '#shared/model/index.ts';
import { canRun, type Installation, sizes, startInstallation } from './installation.ts';

const patience = { timeout: 30_000, interval: 50 };
const hops = DrillHopName.options;

/** @param isEnough ends it before its time */
const drill = (
  { runtime }: Installation,
  timeoutSeconds = 40,
  isEnough: (report: DrillReport) => boolean = () => false,
) => {
  const { bus, store, config, logger, clock } = runtime;
  const plan = planDrill(config, { timeoutSeconds });
  const ending = new AbortController();
  return runDrill({ bus, store, config, logger, clock, signal: ending.signal }, plan, (report) => {
    if (isEnough(report)) ending.abort();
  });
};

describe.each(sizes)('a drill on %s', (size) => {
  describe.skipIf(!canRun(size))('', () => {
    const cards: string[] = [];
    let installation: Installation;
    beforeAll(async () => {
      installation = await startInstallation(size, {
        config: (feishu) => ({
          channels: {
            feishu: { type: 'feishu', webhook: feishu.webhook, secret: 'a-signing-secret' },
            other: { type: 'feishu', webhook: feishu.webhook, secret: 'a-signing-secret' },
          },
          people: { wang: { name: '王芳', feishu: 'ou_7d8a6e6df7621556ce0d21922b676706', channel: 'other' } },
          routing: { tell: ['wang'], groupBy: ['rule'], groupMinutes: 60, also: ['other'] },
          maintenance: [
            { name: 'always', services: ['logpatrol-drill'], from: '00:00', to: '00:00', timeZone: 'UTC' },
          ],
        }),
        onCard: (body) => cards.push(body),
      });
    }, 150_000);
    afterAll(() => installation?.stop());

    it('goes the whole way, and tells the time of each hop', async () => {
      const report = await drill(installation);
      expect(report.failure).toBeUndefined();
      expect(report.outcome).toBe('accepted');
      expect(report.hops.map(({ name }) => name)).toEqual(hops);
      const path = report.hops.filter(({ name }) => name !== 'stored').map(({ sinceLineMs }) => sinceLineMs);
      expect(path).toEqual(path.toSorted((a, b) => a - b));
      expect(path[0]).toBeGreaterThanOrEqual(-5);
    });

    it('is one card, on one channel, marked, that calls nobody; again is another card', async () => {
      expect(cards).toHaveLength(1);
      expect(cards[0]).toContain('演练 / DRILL');
      expect(cards[0]).not.toContain('王芳');
      const again = await drill(installation);
      expect(again.outcome).toBe('accepted');
      expect(cards).toHaveLength(2);
    });

    it('is resolved at its end, without a further word, and is no flapping', async () => {
      const { store } = installation.runtime;
      const found = await vi.waitUntil(async () => {
        await store.refresh();
        const findings = await store.searchFindings({ rule: 'logpatrol.drill', limit: 10 });
        return findings.length === 2 && findings.every(({ state }) => state === 'resolved') && findings;
      }, patience);
      for (const finding of found)
        expect(finding).toMatchObject({
          labels: { drill: 'true' },
          service: 'logpatrol-drill',
          resolvedBy: 'line',
          openings: 1,
          pinned: true,
        });
      expect(cards).toHaveLength(2);
    });

    it('is not counted among the kinds of lines', async () => {
      const services: string[] = [];
      for await (const { value } of installation.runtime.bus.read('signals')) {
        const signal = Signal.parse(JSON.parse(value?.toString() ?? 'null'));
        if (signal.kind === 'counts') services.push(...signal.entries.map(({ service }) => service));
      }
      expect(services).not.toContain('logpatrol-drill');
    });

    it('is run by the housekeeping service too, which tells the monitor outside', async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.end('OK');
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      const heartbeatUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/beat`;
      const { bus, store, config, logger, clock } = installation.runtime;
      const drill = { ...config.drill, everyMinutes: 5, heartbeatUrl };
      const registry = new Registry();
      const job = drillJob({ bus, store, config: { ...config, drill }, logger, clock }, registry);
      const result = await job?.run(new AbortController().signal);
      expect(result).toMatchObject({
        ok: true,
        lines: [expect.stringMatching(/accepted by feishu after \d+ ms$/)],
      });
      expect(asked).toEqual(['GET /beat']);
      const metrics = await registry.metrics();
      for (const hop of hops) expect(metrics).toContain(`logpatrol_drill_seconds{hop="${hop}"}`);
      server.close();
    });

    it('tells that the channel refuses the card, in its words', async () => {
      const msg = 'sign match fail or timestamp is not within one hour from current time';
      installation.feishu.faults.always({ kind: 'code', code: 19021, msg });
      const report = await drill(installation);
      expect(report).toMatchObject({
        outcome: 'failed',
        failure: { hop: 'delivery', anchor: 'channel-refuses', why: expect.stringContaining('19021') },
      });
    });
  });

  describe.skipIf(!canRun(size))('without a notifier', () => {
    it('tells that the message is missing, and what to start', async () => {
      const installation = await startInstallation(size, { without: ['notifier'] });
      try {
        const report = await drill(installation, 60, (so) => so.hops.length === 5);
        expect(report.hops.map(({ name }) => name)).toEqual(hops.slice(0, 5));
        expect(report.failure).toMatchObject({
          hop: 'message',
          why: 'the group notify has no member',
          remedy: expect.stringContaining('logpatrol run notifier'),
          anchor: 'group-without-member',
        });
        expect(await drill(installation, 1)).toMatchObject({ outcome: 'failed', timeoutSeconds: 1 });
      } finally {
        await installation.stop();
      }
    }, 150_000);
  });
});
