import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import type { ProcessHealth } from './health.ts';

/** How long `/readyz` waits for the dependencies' answers before it says that there was none. */
const patienceMs = 5_000;

/**
 * `/healthz`: 200 while the process lives, 503 with the reasons where only a restart helps. `/readyz`: every dependency as
 * JSON, 503 where one is not well. `/metrics`: Prometheus. GET and HEAD only, nothing is read from a request.
 */
export function probes(health: ProcessHealth, registry: Registry): Hono {
  const app = new Hono();
  for (const path of ['/healthz', '/readyz', '/metrics']) app.use(path, secureHeaders(), bareGet);
  app.get('/healthz', (context) => {
    const ailments = health.ailments();
    return context.json({ live: ailments.length === 0, ailments }, ailments.length === 0 ? 200 : 503);
  });
  app.get('/readyz', (context) => readyz(context, health));
  app.get('/metrics', async (context) =>
    context.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
  return app;
}

/** Lets GET and HEAD without a body through, and nothing else. */
const bareGet: MiddlewareHandler = async (context, next) => {
  if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
    return context.json({ error: 'only GET is answered here' }, 405, { Allow: 'GET, HEAD' });
  const length = context.req.header('content-length') ?? '0';
  if (length !== '0' || context.req.header('transfer-encoding') !== undefined)
    return context.json({ error: 'no request body is accepted here' }, 413, { Connection: 'close' });
  context.header('Cache-Control', 'no-store');
  return next();
};

async function readyz(context: Context, health: ProcessHealth): Promise<Response> {
  const { promise: timedOut, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patienceMs);
  try {
    const dependencies = await Promise.race([health.readiness(), timedOut]);
    if (dependencies === undefined)
      return context.json({ ready: false, dependencies: [], detail: `no answer in ${patienceMs} ms` }, 503);
    const ready = dependencies.length > 0 && dependencies.every((dependency) => dependency.ok);
    return context.json({ ready, dependencies }, ready ? 200 : 503);
  } finally {
    clearTimeout(timer);
  }
}
