import { describe, expect, it } from 'vitest';
import type { Delivery } from '#shared/model/index.ts';
import { deliveryNews } from './delivery-news.ts';

const delivery = {
  ...{
    messageId: 'slack:f:1',
    traceId: 't',
    channel: 'slack',
    incidentId: 'f',
    revision: 1,
    severity: 'critical',
  },
  ...{ at: '2026-11-21T11:43:37.375Z', attempt: 8, outcome: 'retrying' },
} satisfies Delivery;

describe('deliveryNews', () => {
  it('says why an attempt failed', () => {
    expect(deliveryNews({ ...delivery, error: 'connect ECONNREFUSED' })).toEqual({
      level: 'warn',
      text: 'channel slack: attempt 8 failed, will try again: connect ECONNREFUSED',
    });
  });

  it('says who is told instead, which is no attempt', () => {
    expect(deliveryNews({ ...delivery, fellBackTo: 'bot' })).toEqual({
      level: 'warn',
      text: 'channel slack: card of incident f waits; bot is told instead',
    });
    expect(deliveryNews({ ...delivery, outcome: 'dead', error: 'no', fellBackTo: 'bot' })).toMatchObject({
      level: 'error',
      text: expect.stringContaining('given up: no; bot is told instead; it is in dlq.outbox.slack'),
    });
  });

  it('says nothing of what was sent', () => {
    expect(deliveryNews({ ...delivery, outcome: 'sent' })).toBeUndefined();
  });
});
