import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import { type ProcessHealth, probes } from '#shared/telemetry/index.ts';

/** Everything that logpatrol answers over HTTP. */
export function gatewayApp(health: ProcessHealth, registry: Registry): Hono {
  return new Hono()
    .use(secureHeaders())
    .route('/', probes(health, registry))
    .notFound((context) => context.json({ error: 'there is nothing here' }, 404));
}
