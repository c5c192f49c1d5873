import type { Hono } from 'hono';
import { type ProcessHealth, probes, serve } from '#shared/telemetry/index.ts';
import type { FrontDoor } from './run-services.ts';
import type { Runtime } from './service.ts';

/** The front door of a process without a gateway: the probes alone, on `http.host` and `http.port`. */
export async function probeServer(runtime: Runtime, health: ProcessHealth): Promise<FrontDoor> {
  const { metricsToken } = runtime.config.http;
  return httpService('probes', probes({ health, registry: runtime.metrics, metricsToken }), runtime);
}

/**
 * Serves an app on `http.host` and `http.port` as a service.
 *
 * @throws LogpatrolError `unusable-environment` where the port cannot be had
 */
export async function httpService(name: string, app: Hono, runtime: Runtime): Promise<FrontDoor> {
  const server = await serve(app, runtime.config.http, runtime.logger);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  return {
    name,
    url: server.url,
    readiness: async () => [{ name: 'http', ok: true, detail: server.url }],
    ended,
    stop: async () => {
      await server.close();
      resolve();
    },
  };
}
