import { describe, expect, it } from 'vitest';
import { judgeReply } from './reply.ts';

const judge = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  judgeReply({
    status,
    headers: new Headers(headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('judgeReply', () => {
  it('takes only code 0 for success, whatever the status says', () => {
    expect(judge(200, { code: 0, msg: 'success' })).toEqual({ kind: 'sent', code: '0' });
    expect(judge(200, '')).toMatchObject({ kind: 'failed', cause: 'unknown', uncertain: true });
    expect(judge(200, { msg: 'success' })).toMatchObject({ kind: 'failed', cause: 'unknown' });
    expect(judge(200, { code: '0' })).toMatchObject({ kind: 'failed', cause: 'unknown' });
  });

  it.each([
    [200, { code: 11232, msg: 'frequency limited' }, 'retryable'],
    [400, { code: 9499, msg: 'too many request' }, 'retryable'],
    [400, { code: 9499, msg: 'Bad Request' }, 'permanent'],
    [200, { code: 11246, msg: 'ErrCode: 200621; ErrMsg: unknown property' }, 'permanent'],
    [200, { code: 19001, msg: 'param invalid' }, 'permanent'],
    [200, { code: 19021, msg: 'sign match fail' }, 'permanent'],
    [200, { code: 19022, msg: 'Ip Not Allowed' }, 'permanent'],
    [200, { code: 19024, msg: 'Key Words Not Found' }, 'permanent'],
    [200, { code: 77777, msg: 'new' }, 'unknown'],
    [500, { code: 77777, msg: 'new' }, 'retryable'],
    [502, '<html>', 'retryable'],
    [429, '<html>', 'retryable'],
    [404, '<html>', 'unknown'],
    [302, '', 'unknown'],
  ])('HTTP %i with %j is %s', (status, body, cause) => {
    expect(judge(status, body)).toMatchObject({ kind: 'failed', cause });
  });

  it('hands on the wait that the far side asks for, within reason', () => {
    expect(judge(429, '', { 'x-ogw-ratelimit-reset': '7' })).toMatchObject({ retryAfterMs: 7000 });
    expect(judge(503, '', { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3000 });
    expect(judge(429, '', { 'retry-after': '86400' })).toMatchObject({ retryAfterMs: 600_000 });
    expect(judge(200, { code: 11232, msg: '' })).toMatchObject({ retryAfterMs: 1000 });
  });

  it('tells the operator what to do and what was said', () => {
    expect(judge(200, { code: 19021, msg: 'sign match fail' })).toMatchObject({
      code: '19021',
      error: expect.stringMatching(/signing secret.*code 19021: sign match fail/),
    });
  });

  it('says which cards a plainer one could take the place of, with what Feishu found in them', () => {
    const msg = 'Failed to create card content, ext=ErrCode: 200621; ErrMsg: unknown property "foo"';
    expect(judge(200, { code: 11246, msg })).toMatchObject({
      code: '11246',
      isCardRefused: true,
      error: expect.stringContaining('ErrCode: 200621; ErrMsg: unknown property'),
    });
    expect(judge(400, { code: 9499, msg: 'Bad Request' })).toMatchObject({ isCardRefused: true });
    for (const [status, body] of [
      [400, { code: 9499, msg: 'too many request' }],
      [200, { code: 19021, msg: 'sign match fail' }],
      [200, { code: 19024, msg: 'Key Words Not Found' }],
    ] as const)
      expect(judge(status, body)).not.toHaveProperty('isCardRefused');
  });

  it('knows that an internal error of Feishu may have taken the card', () => {
    expect(judge(200, { code: 2200, msg: 'internal error' })).toMatchObject({
      cause: 'retryable',
      uncertain: true,
    });
  });
});
