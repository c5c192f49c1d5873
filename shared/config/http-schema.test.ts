import { expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { ConfigSchema } from './schema.ts';

/** What is wrong with these settings of `http`: `path: message`. */
function mistakesOf(http: Record<string, unknown>, others: Record<string, unknown> = {}): string[] {
  const issues = ConfigSchema.safeParse({ http, ...others }).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`);
}
const token = 'a-token-of-the-test';
const oidc = { issuer: 'https://sso.example', audience: 'logpatrol', roles: { ops: 'responder' } };

it.each<[string, Record<string, unknown>, RegExp]>([
  ['a short token', { tokens: [{ name: 'a', token: 'short', role: 'viewer' }] }, /^tokens\.0\.token: use at/],
  [
    'a role that there is not',
    { tokens: [{ name: 'a', token, role: 'root' }] },
    /^tokens\.0\.role: there is no role "root"; there are viewer, responder, admin, auditor$/,
  ],
  [
    'one name for two',
    {
      tokens: [
        { name: 'a', token, role: 'viewer' },
        { name: 'a', token: `${token}2`, role: 'admin' },
      ],
    },
    /^tokens\.1\.name: there is another token named "a"$/,
  ],
  [
    'one token for two',
    { token, tokens: [{ name: 'a', token, role: 'viewer' }] },
    /^tokens\.0\.token: is another token too/,
  ],
  [
    'one token for metrics and everything',
    { token, metricsToken: token },
    /^metricsToken: is http\.token too/,
  ],
  [
    'a role of the issuer that there is not',
    { oidc: { ...oidc, roles: { ops: 'root' } } },
    /^oidc\.roles\.ops: there is no role "root"/,
  ],
  [
    'an issuer in the clear',
    { oidc: { ...oidc, issuer: 'http://sso.example' } },
    /^oidc\.issuer: use https$/,
  ],
  ['a proxy by name', { trustedProxies: ['proxy.example'] }, /^trustedProxies\.0: use an address or a block/],
  ['a block that is none', { trustedProxies: ['10.0.0.0/33'] }, /^trustedProxies\.0: use an address/],
  ['no requests at all', { limits: { perAddress: 0 } }, /^limits\.perAddress: Too small/],
])('%s is a mistake', (_name, http, message) => {
  expect(mistakesOf(http)).toEqual([expect.stringMatching(message)]);
});

it('knows the roles that are configured, and an issuer on this machine', () => {
  const interaction = {
    roles: { juniors: [], viewer: [], responder: [] },
    defaultRole: 'viewer',
    linkRole: 'viewer',
  };
  const http = {
    tokens: [
      { name: 'a', token, role: 'juniors' },
      { name: 'b', token: `${token}2`, role: 'auditor' },
    ],
    oidc: { ...oidc, issuer: 'http://127.0.0.1:8080/realms/ops' },
    trustedProxies: ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1'],
  };
  expect(mistakesOf(http, { interaction })).toEqual([]);
});

it('is told with all other mistakes, by its place', async () => {
  const env = {
    LOGPATROL_HTTP_TRUSTED_PROXIES: '10.0.0.0/8, nowhere',
    LOGPATROL_HTTP_METRICS_TOKEN: 'short',
  };
  const failure = loadConfig({ env });
  await expect(failure).rejects.toThrow(/LOGPATROL_HTTP_TRUSTED_PROXIES: http\.trustedProxies\[1\]: use an/);
  await expect(failure).rejects.toThrow(/LOGPATROL_HTTP_METRICS_TOKEN: http\.metricsToken: use at least 16/);
});
