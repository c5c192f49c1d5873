import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import type { PreferenceBook } from '#shared/controls/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { type ProcessHealth, probes } from '#shared/telemetry/index.ts';
import { access, tooMany } from './access/access.ts';
import { OidcVerifier } from './access/oidc.ts';
import type { RefusalBook } from './access/refusals.ts';
import { controlsApi } from './controls-api.ts';
import { drillsApi } from './drills-api.ts';
import type { ClickDesk } from './feishu/click-desk.ts';
import { eventsApi } from './feishu/events-api.ts';
import { isHangUp } from './hang-up.ts';
import { incidentsApi } from './incidents-api.ts';
import { clientAddress } from './origin.ts';
import { linkPages } from './pages/link-pages.ts';
import type { LinkPagesOptions } from './pages/options.ts';
import { preferencesApi } from './preferences-api.ts';
import { queueApi } from './queue-api.ts';
import { rateLimit } from './rate-limit.ts';
import { hsts } from './strict-transport.ts';

export interface GatewayOptions extends LinkPagesOptions {
  readonly health: ProcessHealth;
  readonly registry: Registry;
  readonly clicks: ClickDesk;
  readonly preferences: PreferenceBook;
  readonly refusals: RefusalBook;
}

/** More than any route takes; each has a stricter limit of its own. */
const maxBodyBytes = 64 * 1024;

/** Everything that logpatrol answers over HTTP. */
export function gatewayApp(options: GatewayOptions): Hono {
  const { health, registry, logger, config, clerk, refusals, clock } = options;
  const { publicUrl, linkKey, metricsToken, trustedProxies, limits, oidc: settings } = config.http;
  const oidc = settings && new OidcVerifier({ settings, logger, clock });
  const app = new Hono();
  app.use(
    clientAddress(trustedProxies),
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
    }),
  );
  // These set stricter headers of their own. Without an address and a key there are no links.
  if (publicUrl !== undefined && linkKey !== undefined)
    app.route('/', linkPages({ ...options, publicUrl, linkKey }));
  const perAddress = { perMinute: limits.perAddress, clock, refuse: tooMany };
  return app
    .route('/', probes({ health, registry, metricsToken }))
    .use(
      secureHeaders({
        strictTransportSecurity: hsts(config.http),
        contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        xFrameOptions: 'DENY',
      }),
    )
    .use('/feishu/*', rateLimit(perAddress))
    .route('/feishu', eventsApi(options))
    .use('/api/*', rateLimit(perAddress), access({ config, oidc, refusals, clock }))
    .route('/api', controlsApi(options))
    .route('/api', incidentsApi({ desk: options, clerk }))
    .route('/api', queueApi(options))
    .route('/api', preferencesApi(options))
    .route('/api', drillsApi(options))
    .notFound((context) => context.json({ error: 'there is nothing here' }, 404))
    .onError((thrown, context) => {
      if (isHangUp(context)) return context.body(null, 400);
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
