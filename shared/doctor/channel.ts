import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';

const patienceMs = 5_000;

/** Where the channel's far side is, without the path, which can be a secret; `undefined` where that is not known here. */
export function channelOrigin(
  name: string,
  { channels, feishuApps }: Pick<Config, 'channels' | 'feishuApps'>,
): string | undefined {
  const settings = channels[name];
  const address = settings?.webhook ?? settings?.url ?? feishuApps[String(settings?.app)]?.baseUrl;
  return typeof address === 'string' && URL.canParse(address) ? new URL(address).origin : undefined;
}

/**
 * Whether the channel's far side can be reached. Nothing is sent to the group, so a wrong token or signature is not found
 * here: `logpatrol channels test` finds that.
 */
export async function channelHealth(
  name: string,
  { channels, feishuApps }: Pick<Config, 'channels' | 'feishuApps'>,
): Promise<DependencyHealth> {
  const title = `channel ${name}`;
  const settings = channels[name];
  const own = settings?.webhook ?? settings?.url;
  const origin = channelOrigin(name, { channels, feishuApps });
  if (settings?.type === 'console')
    return { name: title, ok: true, detail: 'prints cards to standard output' };
  if (origin === undefined)
    return {
      name: title,
      ok: true,
      detail: `nothing is known here of where type ${settings?.type} leads; \`logpatrol channels test ${name}\` sends a test card`,
    };
  try {
    // Any answer at all will do: the bot's address itself is not called.
    await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patienceMs) });
    return {
      name: title,
      ok: true,
      detail: `${origin} answers; \`logpatrol channels test ${name}\` sends a test card`,
    };
  } catch (error) {
    return {
      name: title,
      ok: false,
      detail: `${origin} cannot be reached: ${whyNoAnswer(error)}`,
      remedy: `check ${own === undefined ? `feishuApps.${settings?.app}.baseUrl` : 'the webhook address'}, DNS, proxy and firewall`,
    };
  }
}
