import { hostname } from 'node:os';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import { BmcHealth } from './health.ts';
import { inspector } from './inspect.ts';
import { readLocal } from './local/index.ts';
import { startLocalReports } from './local-reports.ts';
import { ipmiMetrics } from './metrics.ts';
import { BmcNews } from './news.ts';
import { PollsUnderWay, pollStage } from './poll/index.ts';
import { openServers } from './servers/index.ts';

/**
 * Starts the service ipmi: of all processes that run it one polls the BMCs, and each reports the machine that it runs on. Without
 * servers it only does the latter.
 */
export async function start(runtime: Runtime): Promise<Service> {
  const { bus, config, clock } = runtime;
  const { ipmi, hardware } = config;
  const logger = runtime.logger.child({ service: { name: 'ipmi' } });
  const metrics = ipmiMetrics(runtime.metrics);
  const bmcs = new BmcHealth();
  const news = new BmcNews(logger);
  const underWay = new PollsUnderWay();
  const hasLists = ipmi.servers.length > 0 || ipmi.inventory !== undefined;
  const host = hostname();

  const servers = hasLists ? await openServers({ config, logger, env: process.env }) : undefined;
  const member =
    servers &&
    (await bus
      .run(
        pollStage({
          servers: () => servers.current(),
          inspect: inspector({ config, logger, host, clock }),
          limits: ipmi.limits,
          underWay,
          concurrency: ipmi.concurrency,
          backoffMaxMs: ipmi.backoffMaxSeconds * 1000,
          monotonic: () => performance.timeOrigin + performance.now(),
          random: Math.random,
          observer: {
            ...metrics,
            listed(names) {
              metrics.listed(names);
              bmcs.listed(names);
              news.listed(names);
            },
            ended(inspection, failures) {
              metrics.ended(inspection, failures);
              bmcs.ended(inspection);
              news.ended(inspection, failures);
            },
            unreadable: (server, why) =>
              logger.error({ server }, `${server}: its position is lost, its SEL is read anew: ${why}`),
          },
        }),
      )
      .catch(async (error: unknown) => {
        await servers.close();
        throw error;
      }));
  const local = hardware.local.enabled
    ? startLocalReports({
        bus,
        logger,
        host,
        intervalMs: hardware.local.intervalSeconds * 1000,
        clock,
        read: (at) => readLocal({ host, at, disk: hardware.disk, limits: ipmi.limits }),
      })
    : undefined;

  const stop = async (): Promise<void> => {
    await Promise.all([member?.stop().then(() => underWay.endAll()), local?.stop()]);
    await servers?.close();
  };
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const parts = [member?.ended, local?.ended].filter((ended) => ended !== undefined);
  const ended = (parts.length === 0 ? stopped : Promise.all(parts).then(() => undefined)).catch(
    async (thrown: unknown) => {
      await stop();
      throw thrown;
    },
  );
  ended.catch(() => undefined); // told by `ended` to whoever awaits it
  return {
    name: 'ipmi',
    ended,
    readiness: async () => [
      await bus.health(),
      ...(servers === undefined ? [] : [bmcs.health(servers.problems())]),
    ],
    async stop() {
      await stop();
      resolve();
    },
  };
}
