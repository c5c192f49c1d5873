import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { variables } from './environment.ts';
import { configJsonSchema } from './json-schema.ts';
import { ConfigSchema } from './schema.ts';
import { isSecretKey, maskSecrets, secretValues } from './secrets.ts';

const config = ConfigSchema.parse({
  http: { token: 'a-long-http-token' },
  kafka: { brokers: ['a:1'], sasl: { mechanism: 'plain', username: 'u', password: 'kafka-password' } },
  elasticsearch: { url: 'http://elastic:in-the-url@es:9200', apiKey: 'an-api-key', password: 'es-password' },
  masking: { key: 'a-long-masking-key' },
  channels: {
    ops: { type: 'feishu', webhook: 'https://f.example/hook/token', secret: 'signing' },
    tickets: {
      type: 'webhook',
      webhook: 'https://t.example/hook',
      secret: 'a-long-signing-secret',
      headers: { Authorization: 'Bearer of-tidings' },
    },
  },
});

it('finds every secret', () => {
  expect(secretValues(config).sort()).toEqual(
    [
      'a-long-http-token',
      'Bearer of-tidings',
      'a-long-masking-key',
      'a-long-signing-secret',
      'https://t.example/hook',
      'an-api-key',
      'es-password',
      'https://f.example/hook/token',
      'in-the-url',
      'kafka-password',
      'signing',
    ].sort(),
  );
});

it('prints none of them, and everything else', () => {
  const text = JSON.stringify(maskSecrets(config));
  for (const secret of secretValues(config)) expect(text).not.toContain(secret);
  expect(maskSecrets(config)).toMatchObject({
    kafka: { brokers: ['a:1'], sasl: { username: 'u', password: '********' } },
    elasticsearch: { url: 'http://elastic:********@es:9200' },
    channels: { tickets: { headers: { Authorization: '********' } } },
  });
});

it.each([
  ['http://elastic:elastic@es:9200', 'http://elastic:********@es:9200'],
  ['http://u:p@host/p', 'http://u:********@host/p'],
  ['https://u:p@ss@h', 'https://u:********@h'],
  ['https://h:9200/a:b@c', 'https://h:9200/a:b@c'],
])('hides the password of %s where it stands', (url, printed) => {
  expect(maskSecrets(ConfigSchema.parse({ elasticsearch: { url } }))).toMatchObject({
    elasticsearch: { url: printed },
  });
});

it('finds a password that an address writes in another way, in both', () => {
  const odd = ConfigSchema.parse({ elasticsearch: { url: 'https://u:p@ss@h' } });
  expect(secretValues(odd)).toEqual(['p@ss', 'p%40ss']);
});

/** Every setting with a text in it: its path, and the last name in that. */
function textSettings(schema: unknown, path: readonly string[] = []): string[][] {
  const node = Node.safeParse(schema).data;
  if (node === undefined) return [];
  const { type, properties = {}, additionalProperties, items, oneOf = [], anyOf = [] } = node;
  return [
    // One of a few words is no secret.
    ...(type === 'string' && node.enum === undefined ? [[...path]] : []),
    ...[...oneOf, ...anyOf].flatMap((variant) => textSettings(variant, path)),
    ...textSettings(items, path),
    ...textSettings(additionalProperties, [...path, '*']),
    ...Object.entries(properties).flatMap(([key, part]) => textSettings(part, [...path, key])),
  ];
}
const Node = z.looseObject({
  type: z.unknown().optional(),
  enum: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

describe('a setting that sounds like a secret', () => {
  /** Names of files and of variables tell nobody what is in them. */
  const sounds = (name: string) =>
    /pass|secret|token|credential|private|webhook|heartbeat|headers|auth|key$/i.test(name) &&
    !/(?:File|Env)$/.test(name);
  const settings = textSettings(z.toJSONSchema(ConfigSchema, { io: 'input' }));

  it('is one: it is neither printed nor logged', () => {
    const open = settings
      .map((path) => path.filter((part) => part !== '*'))
      .filter((path) => sounds(path.at(-1) ?? ''))
      .filter((path) => !isSecretKey(path.at(-1) ?? '') && path.at(-1) !== 'headers')
      .map((path) => path.join('.'));
    expect(open).toEqual([]);
  });

  it('is found at all', () => {
    const found = settings.filter((path) => isSecretKey(path.at(-1) ?? '')).map((path) => path.join('.'));
    expect(found).toEqual(
      expect.arrayContaining([
        ...['http.token', 'http.tokens.token', 'http.metricsToken', 'http.linkKey', 'masking.key'],
        ...['kafka.sasl.password', 'elasticsearch.apiKey', 'feishuApps.*.appSecret', 'channels.*.webhook'],
      ]),
    );
  });

  it('can be given by the name of a file, as it can by itself', () => {
    const withFiles = textSettings(configJsonSchema()).map((path) => path.join('.'));
    for (const path of settings.filter((one) => isSecretKey(one.at(-1) ?? '')))
      expect(withFiles).toContain(`${path.join('.')}File`);
  });

  it('of the environment can be given by LOGPATROL_…_FILE, and is masked', () => {
    const ofSecrets = Object.entries(variables).filter(([, { secret }]) => secret);
    for (const [variable, { path }] of ofSecrets) {
      expect([variable, isSecretKey(String(path.at(-1)))]).toEqual([variable, true]);
      expect([variable, settings.some((one) => one.join('.') === starred(path))]).toEqual([variable, true]);
    }
    const unmarked = settings
      .filter((path) => isSecretKey(path.at(-1) ?? '') && path.every((part) => part !== '*'))
      .map((path) => path.join('.'))
      .filter((path) => !ofSecrets.some(([, one]) => one.path.join('.') === path));
    // In a list: there is no variable for each of its entries, but a file.
    expect(unmarked).toEqual(['http.tokens.token']);
  });
});

/** `channels.feishu.webhook` as the schema has it: `channels.*.webhook`. */
function starred(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      index === 1 && /^(?:channels|feishuApps)$/.test(String(path[0])) ? '*' : String(part),
    )
    .join('.');
}
