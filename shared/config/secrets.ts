import type { Config } from './schema.ts';

/** Keys whose values are secrets wherever they stand. The webhook's address is one: whoever has it can post. */
const secretKeys: ReadonlySet<string> = new Set([
  'password',
  'apiKey',
  'webhook',
  'secret',
  'token',
  'metricsToken',
  'key',
  'appSecret',
  'encryptKey',
  'verificationToken',
  'linkKey',
  'heartbeatUrl',
]);

/** Objects whose values are all secrets: a header may well be an Authorization. */
const secretObjects: ReadonlySet<string> = new Set(['headers']);

/** Whether a setting of this name is a secret, wherever it stands. */
export function isSecretKey(key: string): boolean {
  return secretKeys.has(key);
}

function isSecret(key: string, inside: string): boolean {
  return secretKeys.has(key) || secretObjects.has(inside);
}

/** Every secret of this configuration, for redaction. */
export function secretValues(config: Config): string[] {
  const found: string[] = [];
  const walk = (value: unknown, key: string, inside: string): void => {
    if (typeof value === 'string') {
      if (isSecret(key, inside)) found.push(value);
      else if (key === 'url') found.push(...userInfo(value));
    } else if (typeof value === 'object' && value !== null)
      for (const [inner, part] of Object.entries(value)) walk(part, inner, key);
  };
  walk(config, '', '');
  return [...new Set(found.filter((secret) => secret !== ''))];
}

/** The configuration with each secret replaced by `********`, as plain data to print. */
export function maskSecrets(config: Config): unknown {
  const mask = (value: unknown, key: string, inside: string): unknown => {
    if (typeof value === 'string') {
      if (isSecret(key, inside)) return '********';
      return key === 'url' ? value.replace(passwordInUrl, '********') : value;
    }
    if (Array.isArray(value)) return value.map((part) => mask(part, key, inside));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([inner, part]) => [inner, mask(part, inner, key)]),
      );
    return value;
  };
  return mask(config, '', '');
}

/** By its place, for the same text may stand elsewhere in the address. All up to the last `@` before the path. */
const passwordInUrl = /(?<=^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:)[^/?#]+(?=@)/i;

/** The password inside `https://user:password@host`, as it is written there and as a parsed address shows it. */
function userInfo(url: string): string[] {
  const written = passwordInUrl.exec(url)?.[0] ?? '';
  return [written, URL.canParse(url) ? new URL(url).password : ''];
}
