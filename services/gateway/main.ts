import { type FrontDoor, httpService, type Runtime } from '#shared/lifecycle/index.ts';
import type { ProcessHealth } from '#shared/telemetry/index.ts';
import { gatewayApp } from './app.ts';

/**
 * Starts the gateway: the process's one HTTP server.
 *
 * @throws LogpatrolError `unusable-environment` where the port cannot be had
 */
export async function start(runtime: Runtime, { health }: { health: ProcessHealth }): Promise<FrontDoor> {
  return httpService('gateway', gatewayApp(health, runtime.metrics), runtime);
}
