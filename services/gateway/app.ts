import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import type { PreferenceBook } from '#shared/controls/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { type ProcessHealth, probes } from '#shared/telemetry/index.ts';
import { access } from './access.ts';
import { controlsApi } from './controls-api.ts';
import type { ClickDesk } from './feishu/click-desk.ts';
import { eventsApi } from './feishu/events-api.ts';
import { incidentsApi } from './incidents-api.ts';
import { linkPages } from './pages/link-pages.ts';
import type { LinkPagesOptions } from './pages/options.ts';
import { preferencesApi } from './preferences-api.ts';
import { queueApi } from './queue-api.ts';

export interface GatewayOptions extends LinkPagesOptions {
  readonly health: ProcessHealth;
  readonly registry: Registry;
  readonly clicks: ClickDesk;
  readonly preferences: PreferenceBook;
}

/** Everything that logpatrol answers over HTTP. */
export function gatewayApp(options: GatewayOptions): Hono {
  const { health, registry, logger, config, clerk } = options;
  const { token, publicUrl, linkKey } = config.http;
  const app = new Hono();
  // These set stricter headers of their own. Without an address and a key there are no links.
  if (publicUrl !== undefined && linkKey !== undefined)
    app.route('/', linkPages({ ...options, publicUrl, linkKey }));
  return app
    .use(secureHeaders())
    .route('/', probes(health, registry))
    .route('/feishu', eventsApi(options))
    .use('/api/*', access(token))
    .route('/api', controlsApi(options))
    .route('/api', incidentsApi({ desk: options, clerk }))
    .route('/api', queueApi(options))
    .route('/api', preferencesApi(options))
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
