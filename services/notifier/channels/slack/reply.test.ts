import { expect, it } from 'vitest';
import { judgeReply } from './reply.ts';

const judge = (status: number, body: string, headers: Record<string, string> = {}) =>
  judgeReply({ status, body, headers: new Headers(headers) });

it('takes only the body ok for success', () => {
  expect(judge(200, 'ok')).toEqual({ kind: 'sent', code: 'ok' });
  for (const body of ['', 'okay', '<html>ok</html>', '{"ok":true}'])
    expect(judge(200, body)).toMatchObject({ kind: 'failed', cause: 'unknown', uncertain: true });
});

it.each([
  [400, 'invalid_payload', 'permanent', 'invalid_payload'],
  [400, 'invalid_blocks\nmissing text', 'permanent', 'invalid_blocks'],
  [403, 'action_prohibited', 'permanent', 'action_prohibited'],
  [404, 'no_service', 'permanent', 'no_service'],
  [410, 'channel_is_archived', 'permanent', 'channel_is_archived'],
  [500, 'rollup_error', 'retryable', 'rollup_error'],
  [429, '{"ok":false,"error":"rate_limited"}', 'retryable', 'http-429'],
  [503, '<html>', 'retryable', 'http-503'],
  [404, '<html>', 'unknown', 'http-404'],
  [302, '', 'unknown', 'http-302'],
])('HTTP %i with %j is %s', (status, body, cause, code) => {
  expect(judge(status, body)).toMatchObject({ kind: 'failed', cause, code });
});

it('says which messages a plainer one could take the place of', () => {
  expect(judge(400, 'invalid_blocks')).toMatchObject({ isCardRefused: true });
  expect(judge(404, 'no_service')).not.toHaveProperty('isCardRefused');
});

it('hands on the wait that Slack asks for', () => {
  expect(judge(429, '', { 'retry-after': '30' })).toMatchObject({ retryAfterMs: 30_000 });
  expect(judge(200, 'rate_limited')).toMatchObject({ cause: 'retryable', retryAfterMs: 1000 });
});
