import { expect, it } from 'vitest';
import { ConfigSchema } from './schema.ts';
import { maskSecrets, secretValues } from './secrets.ts';

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
