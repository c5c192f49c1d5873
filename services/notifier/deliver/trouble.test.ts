import { describe, expect, it } from 'vitest';
import type { Message } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender } from '../testing/sender.ts';

const failed = (cause: 'retryable' | 'permanent', retryAfterMs?: number): SendOutcome => ({
  kind: 'failed',
  cause,
  error: 'told to fail',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const message = (id: string, over: Partial<Message> = {}): Message => ({ ...sampleMessage({ id }), ...over });

/** Lets the far side fail for so long. */
async function fail(sender: Sender, seconds: number, outcome: SendOutcome): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    while (sender.calls > 0) await sender.answer(outcome, false, 0);
    sender.tick(1000);
  }
}

describe('a channel that is down', () => {
  const withFallback = (id: string) => message(id, { fallback: ['slack', 'console'] });

  it('leaves what waits to the next channel, once, and sends it itself when it is well', async () => {
    const sender = new Sender().queue(withFallback('a'), withFallback('b')).read();
    await fail(sender, 29, failed('retryable'));
    expect(sender.outboxOf('slack')).toHaveLength(0);
    await fail(sender, 20, failed('retryable'));
    expect(sender.states).toEqual(['well', 'failing', 'down']);
    const copies = sender.outboxOf('slack');
    expect(copies.map(({ id }) => id)).toEqual(['slack:feishu:a:1', 'slack:feishu:b:1']);
    expect(copies[0]).toMatchObject({
      channel: 'slack',
      groupId: 'slack:feishu:a',
      reason: 'fallback',
      meantFor: 'feishu',
      fallback: ['console'],
    });
    sender.crash().queue(withFallback('c')).read();
    await fail(sender, 60, failed('retryable'));
    expect(sender.outboxOf('slack').map(({ finding }) => finding.id)).toEqual(['a', 'b', 'c']);
    while (sender.committed < 3) {
      while (sender.calls > 0) await sender.answer();
      sender.tick(1000);
    }
    expect(sender.cards.toSorted()).toEqual(['a r1 opened', 'b r1 opened', 'c r1 opened']);
    expect(sender.states.at(-1)).toBe('well');
    const sent = sender.deliveries.filter(({ outcome }) => outcome === 'sent');
    expect(sent.every(({ fellBackTo }) => fellBackTo === 'slack')).toBe(true);
  });

  it('is told to the operator once an hour, and that it is well again', async () => {
    const sender = new Sender({ operator: 'ops' }).queue(message('a')).read();
    await fail(sender, 60, failed('retryable'));
    sender.crash();
    await fail(sender, 3500, failed('retryable'));
    expect(sender.outboxOf('ops').map(({ reason }) => reason)).toEqual(['opened']);
    await fail(sender, 200, failed('retryable'));
    const alerts = sender.outboxOf('ops');
    expect(alerts.map(({ reason }) => reason)).toEqual(['opened', 'opened']);
    expect(alerts[0]?.finding).toMatchObject({
      service: 'logpatrol',
      severity: 'critical',
      title: 'channel feishu is down',
    });
    while (sender.committed < 1) {
      while (sender.calls > 0) await sender.answer();
      sender.tick(1000);
    }
    const [, second, over] = sender.outboxOf('ops');
    expect(over).toMatchObject({ reason: 'resolved', groupId: second?.groupId });
  });

  it('is not one that is throttled, and throttling never counts against a message', async () => {
    const sender = new Sender({ operator: 'ops' }).queue(withFallback('a')).read();
    for (let round = 0; round < 60; round++) {
      sender.queue(message(`good${round}`)).read();
      for (let second = 0; second < 30 && sender.story.at(-1) !== 'a r1 sending'; second++) {
        while (sender.calls > 0 && sender.story.at(-1) !== 'a r1 sending') await sender.answer();
        sender.tick(1000);
      }
      await fail(sender, 1, failed('retryable', 500));
    }
    expect(sender.story.filter((line) => line === 'a r1 retrying').length).toBeGreaterThan(20);
    expect(sender.story).not.toContain('a r1 dead');
    expect(sender.states).not.toContain('down');
    expect(sender.outboxOf('slack')).toHaveLength(0);
    expect(sender.outboxOf('ops')).toHaveLength(0);
  });
});

describe('a message that is given up', () => {
  it('goes to the next channel, and the operator hears of it once an hour', async () => {
    const sender = new Sender({ operator: 'ops' });
    sender.queue(message('a', { fallback: ['slack'] }), message('b')).read();
    await sender.answer(failed('permanent'));
    await sender.answer(failed('permanent'));
    expect(sender.outboxOf('slack').map(({ id }) => id)).toEqual(['slack:feishu:a:1']);
    expect(sender.deliveries.find(({ outcome }) => outcome === 'dead')?.fellBackTo).toBe('slack');
    expect(sender.outboxOf('ops')).toHaveLength(1);
  });

  it("on the operator's own channel is told to nobody", async () => {
    const sender = new Sender({ operator: 'feishu' }).queue(message('a')).read();
    await sender.answer(failed('permanent'));
    expect(sender.published.filter(({ topic }) => topic.startsWith('outbox.'))).toHaveLength(0);
  });
});
