import type { Config } from '#shared/config/index.ts';

/** Half a year; the rest of the domain is not ours to speak for. */
const policy = 'max-age=15552000';

/** What browsers are told of coming by HTTPS alone: where they do come by it, here or at the proxy before. */
export function hsts({ tls, publicUrl }: Pick<Config['http'], 'tls' | 'publicUrl'>): string | false {
  return tls !== undefined || publicUrl?.startsWith('https:') === true ? policy : false;
}
