import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { maskSecrets, secretValues } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
const secret = fileOf('secret', 'what-the-file-holds\n');
const load = (yaml: string, env: NodeJS.ProcessEnv = {}) =>
  loadConfig({ file: fileOf('logpatrol.yaml', yaml), env });

it('reads a secret from the file that is named in its place, wherever it stands', async () => {
  const config = await load(`
http:
  tokenFile: ${secret}
  tokens: [{ name: bot, role: viewer, tokenFile: ${fileOf('other', 'a-token-of-the-bot')} }]
  tls: { certificateFile: /c.pem, keyFile: /k.pem }
kafka: { brokers: ['a:1'], sasl: { mechanism: plain, username: u, passwordFile: ${secret} } }
masking: { keyFile: ${secret} }
feishuApps: { second: { appId: cli_0123456789abcdef, appSecretFile: ${secret} } }
channels: { ops: { type: feishu, webhookFile: ${fileOf('hook', 'https://f.example/hook/token')}, secretFile: ${secret} } }
`);
  const value = 'what-the-file-holds';
  expect(config.http).toMatchObject({ token: value, tokens: [{ token: 'a-token-of-the-bot' }] });
  // The name of a file by itself, and not of a secret's.
  expect(config.http.tls).toEqual({ certificateFile: '/c.pem', keyFile: '/k.pem' });
  expect(config.kafka?.sasl?.password).toBe(value);
  expect(config.masking.key).toBe(value);
  expect(config.feishuApps.second?.appSecret).toBe(value);
  expect(config.channels.ops).toMatchObject({ webhook: 'https://f.example/hook/token', secret: value });
  expect(JSON.stringify(maskSecrets(config))).not.toMatch(/what-the-file|of-the-bot|hook\/token/);
  expect(secretValues(config)).toEqual(expect.arrayContaining([value, 'a-token-of-the-bot']));
});

it('lets the environment win, as over everything in the file', async () => {
  const { http } = await load(`http: { tokenFile: ${secret} }`, {
    LOGPATROL_HTTP_TOKEN: 'of-the-environment',
  });
  expect(http.token).toBe('of-the-environment');
});

it.each<[string, string, RegExp]>([
  ['that is not there', 'http: { tokenFile: /nowhere }', /:1:9: http\.tokenFile: cannot be read: ENOENT/],
  ['that is empty', `masking: { keyFile: ${fileOf('empty', ' \n')} }`, /masking\.keyFile: .*empty is empty/],
  [
    'beside the secret itself',
    `http: { token: a-token-of-the-test, tokenFile: ${secret} }`,
    /http\.tokenFile: there is token too/,
  ],
  ['of what is no secret', `http: { hostFile: ${secret} }`, /http\.hostFile: there is no such setting/],
  [
    'where there is no such secret',
    `http: { webhookFile: ${secret} }`,
    /webhookFile: there is no such setting/,
  ],
])('complains of a file %s, and of nothing else', async (_name, yaml, message) => {
  const failure = load(yaml);
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.not.toThrow(/mistakes:/);
});
