import { describe, expect, it } from 'vitest';
import { codes } from './codes.ts';
import { judgeReply } from './reply.ts';

function judge(status: number, body: unknown, headers: Record<string, string> = {}) {
  const answer = judgeReply({
    status,
    headers: new Headers(headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answer.kind === 'done' ? answer : answer.failure;
}

describe('judgeReply of the message API', () => {
  it('takes only code 0 for done, whatever the status says', () => {
    expect(judge(200, { code: 0, data: { message_id: 'om_1' } })).toMatchObject({ kind: 'done' });
    expect(judge(200, '')).toMatchObject({ cause: 'unknown', uncertain: true });
    expect(judge(200, { data: {} })).toMatchObject({ cause: 'unknown' });
    expect(judge(504, '<html>')).toMatchObject({ cause: 'retryable', uncertain: true });
    expect(judge(200, { code: 230002, msg: 'x' })).toMatchObject({ cause: 'permanent' });
  });

  it('reads the cause of a refused card out of its text', () => {
    const card = (msg: string) =>
      judge(400, { code: 230099, msg: `Failed to create card content, ext=${msg}` });
    expect(card('ErrCode: 200621; ErrMsg: parse card json err')).toMatchObject({
      cause: 'permanent',
      isCardRefused: true,
      error: expect.stringContaining('parse card json err'),
    });
    expect(card('ErrCode: 100290; ErrMsg: There is an invalid user resource(at/person)')).toMatchObject({
      isCardRefused: true,
      error: expect.stringContaining('an open_id is another one in each app'),
    });
    expect(card('ErrCode: 11310; ErrMsg: card action is lock')).toMatchObject({
      cause: 'retryable',
      retryAfterMs: 1000,
    });
    expect(card('ErrCode: 11310; ErrMsg: element exceeds the limit')).toMatchObject({ isCardRefused: true });
  });

  it('waits as long as the platform says', () => {
    expect(judge(429, { code: 99991400 }, { 'x-ogw-ratelimit-reset': '42' })).toMatchObject({
      cause: 'retryable',
      retryAfterMs: 42_000,
    });
    expect(judge(400, { code: 99991400 })).toMatchObject({ retryAfterMs: 1000 });
    expect(judge(400, { code: 230020, msg: '' })).toMatchObject({ cause: 'retryable', retryAfterMs: 1000 });
  });

  it('does not give up a code that nobody knows at once', () => {
    expect(judge(400, { code: 77777, msg: 'new' })).toMatchObject({ cause: 'unknown' });
    expect(judge(500, { code: 77777, msg: 'new' })).toMatchObject({ cause: 'retryable', uncertain: true });
  });

  it('says of every permanent code what can be done', () => {
    for (const [code, { cause, hint }] of Object.entries(codes))
      if (cause === 'permanent') expect(hint, code).toMatch(/.{10}/);
  });
});
