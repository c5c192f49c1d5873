import { ControlBook } from '#shared/controls/index.ts';
import { type FrontDoor, httpService, type Runtime } from '#shared/lifecycle/index.ts';
import type { ProcessHealth } from '#shared/telemetry/index.ts';
import { gatewayApp } from './app.ts';

/**
 * Starts the gateway: the process's one HTTP server.
 *
 * @throws LogpatrolError `unusable-environment` where the port cannot be had
 */
export async function start(runtime: Runtime, { health }: { health: ProcessHealth }): Promise<FrontDoor> {
  const { bus, store, clock, config, metrics: registry } = runtime;
  const logger = runtime.logger.child({ service: { name: 'gateway' } });
  const book = new ControlBook({ bus, logger, clock });
  const app = gatewayApp({ health, registry, logger, token: config.http.token, book, store, clock });
  return httpService('gateway', app, runtime);
}
