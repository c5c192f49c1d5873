import type { Config } from '#shared/config/index.ts';

/**
 * How people act on the cards of a channel that tells nobody of clicks: by signed links, where the gateway has an address that
 * browsers reach and a key to sign them with, else not at all.
 *
 * @param actions the channel's setting
 */
export function linkButtons(actions: boolean, { http }: Pick<Config, 'http'>): 'links' | 'none' {
  return actions && http.publicUrl !== undefined && http.linkKey !== undefined ? 'links' : 'none';
}
