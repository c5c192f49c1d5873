import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import { bearerOf, isSameSecret } from '#shared/access/index.ts';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { ProcessHealth } from './health.ts';

/** How long `/readyz` waits for the dependencies' answers before it says that there was none. */
const patienceMs = 5_000;

export interface ProbesOptions {
  readonly health: ProcessHealth;
  readonly registry: Registry;
  /** Needed as `Authorization: Bearer …` for `/metrics` and for the details of `/readyz`; where there is none, both are open. */
  readonly metricsToken: string | undefined;
}

/**
 * `/healthz`: 200 while the process lives, 503 with the reasons where only a restart helps. `/readyz`: every dependency as
 * JSON, 503 where one is not well. `/metrics`: Prometheus. GET and HEAD only, nothing is read from a request.
 */
export function probes({ health, registry, metricsToken }: ProbesOptions): Hono {
  const app = new Hono();
  const isTold = (context: Context): boolean =>
    metricsToken === undefined ||
    isSameSecret(bearerOf(context.req.header('authorization')) ?? '', metricsToken);
  const readiness = onceAtATime(() => readyz(health));
  // What is not TLS here may be behind a proxy that is: whether browsers come by HTTPS alone is not for a probe to say.
  const secure = secureHeaders({ strictTransportSecurity: false });
  for (const path of ['/healthz', '/readyz', '/metrics']) app.use(path, secure, bareGet);
  app.get('/healthz', (context) => {
    const ailments = health.ailments();
    return context.json({ live: ailments.length === 0, ailments }, ailments.length === 0 ? 200 : 503);
  });
  app.get('/readyz', async (context) => {
    const { ready, ...details } = await readiness();
    return context.json(isTold(context) ? { ready, ...details } : { ready }, ready ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    if (!isTold(context)) {
      context.header('WWW-Authenticate', 'Bearer');
      return context.json({ error: 'send the token of http.metricsToken as Authorization: Bearer …' }, 401);
    }
    return context.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
  return app;
}

/** Dependencies are asked once for all who ask at the same time, so that asking often is not asking them often. */
function onceAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
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

interface Readiness {
  readonly ready: boolean;
  readonly dependencies: readonly DependencyHealth[];
  readonly detail?: string;
}

async function readyz(health: ProcessHealth): Promise<Readiness> {
  const { promise: timedOut, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patienceMs);
  try {
    const dependencies = await Promise.race([health.readiness(), timedOut]);
    if (dependencies === undefined)
      return { ready: false, dependencies: [], detail: `no answer in ${patienceMs} ms` };
    const ready = dependencies.length > 0 && dependencies.every((dependency) => dependency.ok);
    return { ready, dependencies };
  } finally {
    clearTimeout(timer);
  }
}
