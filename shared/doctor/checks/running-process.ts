import { Agent, fetch } from 'undici';
import { z } from 'zod';
import type { FolderInUse } from '#shared/bus/embedded/lock.ts';
import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';
import { trustOwn } from '#shared/tls/index.ts';
import type { Answer } from '../check.ts';

const Readiness = z.object({
  ready: z.boolean(),
  detail: z.string().optional(),
  dependencies: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })).default([]),
});
const patienceMs = 6_000;

/** How the process that holds the embedded bus is, by its own word. */
export async function runningProcess({ http }: Config, inUse: FolderInUse): Promise<Answer> {
  const name = 'bus';
  const { host, port, tls, metricsToken } = http;
  const address = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `${tls === undefined ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`;
  const [held] = inUse.message.split(':');
  const dispatcher = new Agent(tls === undefined ? {} : { connect: trustOwn(tls.certificateFile) });
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: 'error',
      dispatcher,
      ...(metricsToken !== undefined && { headers: { authorization: `Bearer ${metricsToken}` } }),
    });
    const { ready, detail, dependencies } = Readiness.parse(await response.json());
    if (ready) return { name, status: 'ok', detail: `${held}, which says that it is ready` };
    const ill = dependencies.filter(({ ok }) => !ok).map((each) => `${each.name}: ${each.detail}`);
    return {
      ...{ name, status: 'bad', anchor: 'service-down' },
      detail: `${held}, which is not ready: ${[detail, ...ill].filter(Boolean).join('; ')}`,
      remedy: `see its log, and ${url}`,
    };
  } catch (error) {
    return {
      ...{ name, status: 'bad', anchor: 'service-down' },
      detail: `${held}, and no logpatrol answers at ${url}: ${error instanceof z.ZodError ? 'something else does' : whyNoAnswer(error)}`,
      remedy: 'name the http.port that it runs with (LOGPATROL_HTTP_PORT)',
    };
  } finally {
    await dispatcher.destroy();
  }
}
