import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answer, type BotSettings, RateLimit } from './bot.ts';

const now = Date.parse('2026-11-21T01:00:00.000Z');
const card = {
  schema: '2.0',
  header: { title: { tag: 'plain_text', content: 'title' } },
  body: { elements: [{ tag: 'markdown', content: 'disk is full' }] },
};

function code(body: unknown, settings: Partial<BotSettings> = {}, at = now): number {
  const raw = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return answer(raw, '127.0.0.1', { limits: 'platform', ...settings }, new RateLimit(), at).code;
}

function signed(secret: string, timestamp: number, message = ''): Record<string, unknown> {
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).update(message).digest('base64');
  return { timestamp: String(timestamp), sign, msg_type: 'interactive', card };
}

describe('the custom bot', () => {
  it('wants the signature over the empty message, no older than an hour', () => {
    const seconds = now / 1000;
    expect(code(signed('s', seconds), { secret: 's' })).toBe(0);
    expect(code(signed('s', seconds - 3599), { secret: 's' })).toBe(0);
    expect(code(signed('s', seconds - 3601), { secret: 's' })).toBe(19021);
    expect(code(signed('other', seconds), { secret: 's' })).toBe(19021);
    expect(code(signed('s', seconds, 'body'), { secret: 's' })).toBe(19021);
    expect(code({ msg_type: 'interactive', card }, { secret: 's' })).toBe(19021);
    expect(code(signed('s', now), { secret: 's' })).toBe(19021);
  });

  it('refuses what is no request, or more than 20 KB', () => {
    expect(code('{')).toBe(9499);
    expect(code('[]')).toBe(9499);
    expect(code(Buffer.from([0x7b, 0xff]))).toBe(9499);
    expect(code({ card })).toBe(19002);
    expect(code({ msg_type: 'interactive', card: JSON.stringify(card) })).toBe(11246);
    const envelope = JSON.stringify({ msg_type: 'interactive', card });
    expect(code(envelope + ' '.repeat(20 * 1024 - envelope.length))).toBe(0);
    expect(code(envelope + ' '.repeat(20 * 1024 - envelope.length + 1))).toBe(9499);
  });

  it('looks for its keywords, and for the caller', () => {
    expect(code({ msg_type: 'interactive', card }, { keywords: ['alert', 'disk'] })).toBe(0);
    expect(code({ msg_type: 'interactive', card }, { keywords: ['alert'] })).toBe(19024);
    expect(code({ msg_type: 'interactive', card }, { addresses: ['10.0.0.1'] })).toBe(19022);
  });

  it('takes five a second and a hundred a minute', () => {
    const admitted = (count: number, everyMs: number) => {
      const rate = new RateLimit();
      return Array.from({ length: count }, (_, index) => rate.admits(now + everyMs * index)).filter(Boolean)
        .length;
    };
    expect(admitted(8, 0)).toBe(5);
    expect(admitted(50, 100)).toBe(25);
    expect(admitted(200, 210)).toBe(100);
    expect(admitted(200, 600)).toBe(200);
  });
});
