import { describe, expect, it } from 'vitest';
import { maskSecrets } from './mask-secrets.ts';

describe('maskSecrets', () => {
  it.each([
    ['login failed password=hunter2 user=bob', 'login failed password=[masked] user=bob'],
    ['{"password": "p@ss w", "user":"x"}', '{"password": "[masked] w", "user":"x"}'],
    ['connect to mysql://app:s3cret@db:3306/x', 'connect to mysql://app:[masked]@db:3306/x'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer [masked]'],
    ['header bearer 0123456789abcdef', 'header bearer [masked]'],
    ['api_key=ABCDEFGH12345678 next', 'api_key=[masked] next'],
    ['用户登录失败，密码：abc123，来源', '用户登录失败，密码：[masked]，来源'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key [masked] used'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_', 'jwt [masked]'],
    ['Cookie: sid=1; theme=dark', 'Cookie: [masked]'],
    ['POST /open-apis/bot/v2/hook/1234-abcd 200', 'POST /open-apis/bot/v2/hook/[masked] 200'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb', 'a\n[masked]\nb'],
  ])('%j', (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it.each([
    'Unexpected token } in JSON',
    'secretary of state',
    'connection refused by db-1:3306',
    'OOM killed 1234',
  ])('leaves %j alone', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it.each(['password', '-----BEGIN PRIVATE KEY-----', 'a://', 'eyJ', 'cookie:', 'a.', '密码'])(
    'takes linear time on a megabyte of %j',
    (piece) => {
      const time = (length: number) => {
        const text = piece.repeat(length / piece.length);
        const started = performance.now();
        maskSecrets(text);
        return performance.now() - started;
      };
      time(10_000);
      const small = Math.max(1, time(100_000));
      expect(time(1_000_000)).toBeLessThan(60 * small + 500);
    },
  );
});
