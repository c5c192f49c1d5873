import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { type ProcessHealth, probes } from '#shared/telemetry/index.ts';
import { access } from './access.ts';
import { type ControlsApiOptions, controlsApi } from './controls-api.ts';

export interface GatewayOptions extends ControlsApiOptions {
  readonly health: ProcessHealth;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Of `http.token`. */
  readonly token: string | undefined;
}

/** Everything that logpatrol answers over HTTP. */
export function gatewayApp(options: GatewayOptions): Hono {
  const { health, registry, logger, token } = options;
  return new Hono()
    .use(secureHeaders())
    .route('/', probes(health, registry))
    .use('/api/*', access(token))
    .route('/api', controlsApi(options))
    .notFound((context) => context.json({ error: 'there is nothing here' }, 404))
    .onError((thrown, context) => {
      if (!(thrown instanceof LogpatrolError)) {
        logger.error({ err: thrown }, 'gateway: a request failed');
        return context.json({ error: 'this is a defect in logpatrol; its log says more' }, 500);
      }
      if (thrown.kind === 'usage') return context.json({ error: thrown.message }, 422);
      // What a dependency says may name addresses, which are the operator's to read.
      logger.warn(`gateway: ${messageOf(thrown)}`);
      return context.json({ error: 'not possible at the moment; the log of logpatrol says why' }, 503);
    });
}
