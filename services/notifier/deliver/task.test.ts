import { describe, expect, it } from 'vitest';
import type { Message } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender } from '../testing/sender.ts';

const message = (
  id: string,
  revision = 1,
  severity: Message['finding']['severity'] = 'warning',
  reason: Message['reason'] = 'opened',
) => sampleMessage({ id, revision, severity }, reason);

const failed = (
  cause: 'retryable' | 'permanent' | 'unknown',
  over: { code?: string; retryAfterMs?: number } = {},
): SendOutcome => ({ kind: 'failed', cause, error: 'told to fail', ...over });

describe('sending', () => {
  it('writes `sending` before the call and the outcome after it, and covers what is done with', async () => {
    const sender = new Sender().queue(message('a')).read();
    expect(sender.story).toEqual(['a r1 sending']);
    expect(sender.committed).toBe(0);
    await sender.answer();
    expect(sender.story).toEqual(['a r1 sending', 'a r1 sent']);
    expect(sender.committed).toBe(1);
    expect(sender.deliveries[1]).toMatchObject({ attempt: 1, response_time_ms: 0, latency_ms: 1510 });
    expect(sender.published.every(({ partition, key }) => partition === 0 && key === 'feishu:a:1')).toBe(
      true,
    );
  });

  it('sends the most severe of what has been read first', async () => {
    const sender = new Sender().queue(message('busy')).read();
    sender.queue(message('i', 1, 'info'), message('w'), message('c', 1, 'critical')).read();
    for (let index = 0; index < 4; index++) await sender.answer();
    expect(sender.cards.map((card) => card.charAt(0))).toEqual(['b', 'c', 'w', 'i']);
    expect(sender.committed).toBe(4);
  });

  it('commits no further than the lowest message that is not done with', async () => {
    const sender = new Sender().queue(message('busy')).read();
    sender.queue(message('i', 1, 'info'), message('c', 1, 'critical')).read();
    await sender.answer();
    await sender.answer();
    expect(sender.story.at(-1)).toBe('i r1 sending');
    expect(sender.committed).toBe(1);
  });

  it('keeps the cards of an incident in order, also with several calls in flight', async () => {
    const sender = new Sender({ inFlight: 3 }).queue(message('a'), message('b')).read();
    sender.queue(message('a', 2, 'critical', 'escalated')).read();
    expect(sender.calls).toBe(2);
    await sender.answer();
    expect(sender.calls).toBe(2);
    await sender.answer();
    await sender.answer();
    expect(sender.cards).toEqual(['a r1 opened', 'b r1 opened', 'a r2 escalated']);
  });

  it('begins nothing while the process stops', () => {
    const sender = new Sender({ perSecond: 1 }).queue(message('a'), message('b')).read();
    sender.now += 5000;
    expect(sender.stopping().story).toEqual(['a r1 sending']);
  });
});

describe('superseding', () => {
  it('lets a newer revision go instead of an older one, in the form that nobody has seen yet', async () => {
    const sender = new Sender().queue(message('busy')).read();
    sender
      .queue(message('a'), message('a', 2, 'warning', 'concluded'), message('a', 3, 'critical', 'escalated'))
      .read();
    await sender.answer();
    await sender.answer();
    expect(sender.cards).toEqual(['busy r1 opened', 'a r3 opened']);
    expect(sender.story).toContain('a r1 superseded');
    expect(sender.story).toContain('a r2 superseded');
    expect(sender.committed).toBe(4);
  });

  it('remembers that form across a crash', async () => {
    const sender = new Sender().queue(message('busy')).read();
    sender.queue(message('a'), message('a', 2, 'warning', 'concluded')).read();
    await sender.answer();
    sender.crash();
    sender.crash();
    await sender.answer();
    expect(sender.cards.at(-1)).toBe('a r2 opened');
    expect(sender.committed).toBe(3);
    expect(sender.story.filter((line) => line === 'a r1 superseded')).toHaveLength(1);
  });

  it('lets a newer revision go instead of one that has failed', async () => {
    const sender = new Sender().queue(message('a')).read();
    sender.queue(message('a', 2, 'warning', 'resolved')).read();
    await sender.answer(failed('retryable'));
    sender.tick(20_000);
    await sender.answer();
    expect(sender.story).toEqual(['a r1 sending', 'a r1 superseded', 'a r2 sending', 'a r2 sent']);
    expect(sender.cards.at(-1)).toBe('a r2 opened');
  });

  it('shows the full card after one that could not be made', async () => {
    const sender = new Sender().queue(message('a')).read();
    sender.queue(message('a', 2, 'warning', 'concluded')).read();
    await sender.answer(failed('permanent'));
    await sender.answer();
    expect(sender.cards.at(-1)).toBe('a r2 opened');
  });
});

describe('pacing', () => {
  it('keeps to the limits a second and a minute', async () => {
    const sender = new Sender({ perSecond: 2, perMinute: 5 });
    const times: number[] = [];
    for (let second = 0; second < 200 && times.length < 12; second++) {
      // Never so many at once that they would make a digest.
      if (sender.outbox.length < times.length + 4) sender.queue(message(`m${second}`)).read();
      while (sender.calls > 0) {
        times.push(sender.now);
        await sender.answer();
      }
      sender.tick(1000);
    }
    expect(times).toHaveLength(12);
    for (const [window, limit] of [
      [1000, 2],
      [60_000, 5],
    ] as const)
      for (const from of times)
        expect(times.filter((time) => time >= from && time < from + window).length).toBeLessThanOrEqual(
          limit,
        );
  });

  it('does not forget at a takeover what was sent in the last minute', async () => {
    const sender = new Sender({ perMinute: 2 });
    sender.queue(message('a'), message('b'), message('c')).read();
    await sender.answer();
    await sender.answer();
    sender.crash();
    expect(sender.calls).toBe(0);
    sender.tick(30_000);
    expect(sender.calls).toBe(0);
    sender.tick(30_000);
    expect(sender.calls).toBe(1);
  });
});

describe('failures', () => {
  it('tries again after a growing wait, and leaves the whole channel alone meanwhile', async () => {
    const sender = new Sender().queue(message('a', 1, 'critical'), message('b')).read();
    await sender.answer(failed('retryable'));
    expect(sender.story).toEqual(['a r1 sending', 'a r1 retrying']);
    expect(sender.deliveries[1]).toMatchObject({ cause: 'retryable', error: 'told to fail' });
    expect(sender.tick(499).calls).toBe(0);
    expect(sender.tick(1).story.at(-1)).toBe('b r1 sending');
    await sender.answer(failed('retryable'));
    expect(sender.tick(999).calls).toBe(0);
    expect(sender.tick(1).story.at(-1)).toBe('a r1 sending');
    await sender.answer();
    await sender.answer();
    expect(sender.committed).toBe(2);
  });

  it('honours the wait that the far side asks for, also after a crash', async () => {
    const sender = new Sender().queue(message('a'), message('b')).read();
    await sender.answer(failed('retryable', { retryAfterMs: 30_000 }));
    sender.tick(29_000).crash();
    expect(sender.calls).toBe(0);
    expect(sender.tick(1000).calls).toBe(1);
    await sender.answer();
    expect(sender.deliveries.at(-2)).toMatchObject({ outcome: 'sent', attempt: 2 });
  });

  it('puts what is permanent into the dead letters with the reason, at once', async () => {
    const sender = new Sender().queue(message('a'), message('b')).read();
    await sender.answer(failed('permanent', { code: '11246' }));
    expect(sender.deliveries[1]).toMatchObject({ outcome: 'dead', cause: 'permanent', code: '11246' });
    const letter = sender.published.find(({ topic }) => topic === 'dlq.outbox.feishu');
    expect(letter?.value).toEqual(sender.outbox[0]?.value);
    expect(letter?.headers).toMatchObject({ 'logpatrol-error': 'told to fail', 'logpatrol-offset': '0' });
    expect(sender.calls).toBe(1);
    expect(sender.committed).toBe(1);
  });

  it('gives up what nobody understands after three tries, also over crashes', async () => {
    const sender = new Sender().queue(message('a')).read();
    await sender.answer(failed('unknown'));
    sender.tick(60_000);
    await sender.answer(failed('unknown'));
    sender.tick(60_000).crash().tick(60_000);
    await sender.answer(failed('unknown'));
    expect(sender.story.at(-1)).toBe('a r1 dead');
    expect(sender.deliveries.at(-1)?.attempt).toBeGreaterThanOrEqual(3);
    expect(sender.committed).toBe(1);
  });

  it('never gives up while the far side is down, and comes back within 15 s', async () => {
    const sender = new Sender().queue(message('a')).read();
    for (let attempt = 1; attempt <= 200; attempt++) {
      await sender.answer(failed('retryable'));
      sender.tick(15_000);
      expect(sender.calls).toBe(1);
    }
    await sender.answer();
    expect(sender.deliveries.at(-1)).toMatchObject({ outcome: 'sent', attempt: 201 });
  });

  it('lets others through past a message that fails on and on, and gives it up in the end', async () => {
    const sender = new Sender().queue(message('bad', 1, 'critical')).read();
    for (let round = 0; round < 200 && sender.story.at(-1) !== 'bad r1 dead'; round++) {
      if (round % 2 === 0) sender.queue(message(`good${round}`)).read();
      while (sender.calls === 0) sender.tick(100);
      const isBad = sender.story.at(-1) === 'bad r1 sending';
      await sender.answer(isBad ? failed('retryable') : undefined);
    }
    expect(sender.story.at(-1)).toBe('bad r1 dead');
    expect(sender.story.filter((line) => line.endsWith('sent')).length).toBeGreaterThan(10);
    expect(sender.deliveries.at(-1)).toMatchObject({ cause: 'retryable' });
  });

  it('puts what is no message into the dead letters, and goes on', () => {
    const sender = new Sender().queue('{', '{"id":1}', message('a')).read();
    expect(sender.published.map(({ topic }) => topic)).toEqual([
      'dlq.outbox.feishu',
      'dlq.outbox.feishu',
      'deliveries',
    ]);
    expect(sender.unreadable).toBe(2);
    expect(sender.committed).toBe(2);
  });
});

describe('a crash', () => {
  it('sends the message in flight once more, counts the repeat, and sends nothing else twice', async () => {
    const sender = new Sender().queue(message('busy')).read();
    sender.queue(message('i', 1, 'info'), message('c', 1, 'critical'), message('w')).read();
    await sender.answer();
    await sender.answer();
    expect(sender.story.at(-1)).toBe('w r1 sending');
    sender.crash();
    expect(sender.story.slice(-2)).toEqual(['w r1 sending', 'w r1 sending']);
    await sender.answer();
    await sender.answer();
    expect(sender.repeats).toBe(1);
    expect(sender.cards).toEqual(['busy r1 opened', 'c r1 opened', 'w r1 opened', 'i r1 opened']);
    expect(sender.committed).toBe(4);
  });

  it('does not take the Deliveries of an outbox that is gone for those of a new one', () => {
    const sender = new Sender().queue(message('a')).read();
    sender.outbox = [];
    sender.queue(message('another'));
    sender.committed = 0;
    expect(sender.crash().story.at(-1)).toBe('another r1 sending');
  });

  it('sends a message that was dead and is queued again', async () => {
    const sender = new Sender().queue(message('a')).read();
    await sender.answer(failed('permanent'));
    sender.queue(message('a'));
    sender.crash();
    await sender.answer();
    expect(sender.story.at(-1)).toBe('a r1 sent');
  });
});

describe('memory', () => {
  it('asks for no more above its bytes, and for more below', async () => {
    const sender = new Sender({}, 3000);
    sender.queue(message('a'), message('b'), message('c')).read();
    expect(sender.paused).toBe(true);
    await sender.answer();
    await sender.answer();
    expect(sender.paused).toBe(false);
  });
});
