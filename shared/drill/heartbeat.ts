import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';

type DrillSettings = Pick<Config['drill'], 'heartbeatUrl' | 'heartbeatFailure'>;

/** Longer than a healthy monitor takes, and short enough not to hold up what comes after. */
const patienceMs = 10_000;

/**
 * The address that is asked after a drill; `undefined` where nothing is. healthchecks.io takes `/fail` behind the path, Uptime Kuma a
 * `status=down`, https://healthchecks.io/docs/http_api/ and https://github.com/louislam/uptime-kuma/wiki/Internal-API.
 */
export function heartbeatAddress(
  { heartbeatUrl, heartbeatFailure }: DrillSettings,
  ok: boolean,
): URL | undefined {
  if (heartbeatUrl === undefined) return undefined;
  const url = new URL(heartbeatUrl);
  if (ok) return url;
  switch (heartbeatFailure) {
    case 'none':
      return undefined;
    case 'fail-path':
      url.pathname = `${url.pathname.replace(/\/+$/, '')}/fail`;
      return url;
    case 'status-down':
      url.searchParams.set('status', 'down');
      return url;
  }
}

/**
 * Tells the monitor outside how a drill went.
 *
 * @returns why it could not be told, without its address, which is a secret; `undefined` where it was, or nothing is to be told
 */
export async function sendHeartbeat(
  settings: DrillSettings,
  ok: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const address = heartbeatAddress(settings, ok);
  if (address === undefined) return undefined;
  try {
    const response = await fetch(address, {
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `the monitor at ${address.host} answers HTTP ${response.status}`;
  } catch (error) {
    return `the monitor at ${address.host} cannot be told: ${whyNoAnswer(error)}`;
  }
}
