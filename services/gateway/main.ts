import { ControlBook, PreferenceBook } from '#shared/controls/index.ts';
import { type FrontDoor, httpService, type Runtime } from '#shared/lifecycle/index.ts';
import type { ProcessHealth } from '#shared/telemetry/index.ts';
import { RefusalBook } from './access/refusals.ts';
import { ActionClerk } from './actions/clerk.ts';
import { gatewayApp } from './app.ts';
import { ClickDesk } from './feishu/click-desk.ts';
import { openLongConnection } from './feishu/long-connection.ts';

/**
 * Starts the gateway: the process's one HTTP server, and the long connections of the Feishu apps that send their clicks over one.
 *
 * @throws LogpatrolError `unusable-environment` where the port cannot be had
 */
export async function start(runtime: Runtime, { health }: { health: ProcessHealth }): Promise<FrontDoor> {
  const { bus, store, clock, config, metrics: registry } = runtime;
  const logger = runtime.logger.child({ service: { name: 'gateway' } });
  const book = new ControlBook({ bus, logger, clock });
  const desk = { bus, store, book, clock, logger, config };
  const clerk = new ActionClerk({ desk, registry });
  const clicks = new ClickDesk({ config, clerk, logger });
  const preferences = new PreferenceBook({ bus, logger, clock, config });
  const refusals = new RefusalBook({ bus, logger, registry, clock });
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const app = gatewayApp({ ...desk, health, registry, clerk, clicks, preferences, refusals, timeZone });
  const http = await httpService('gateway', app, runtime);
  const connections = await Promise.all(
    Object.entries(config.feishuApps)
      .filter(([, { callbacks }]) => callbacks === 'long-connection')
      .map(([name, settings]) => {
        const answer = (body: unknown) => clicks.answerRaw(name, body);
        return openLongConnection({ name, app: settings, logger, answer });
      }),
  );
  return {
    ...http,
    readiness: async () => [...(await http.readiness()), ...connections.map((each) => each.health())],
    stop: async () => {
      for (const connection of connections) connection.close();
      await http.stop();
      await Promise.all([clerk.stop(), refusals.settle()]);
    },
  };
}
