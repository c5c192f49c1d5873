import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../channels/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender } from '../testing/sender.ts';

const unanswered: SendOutcome = { kind: 'failed', cause: 'retryable', error: 'no answer', uncertain: true };
const first = sampleMessage({ id: 'a' });
const later = (revision: number) => sampleMessage({ id: 'a', revision }, 'concluded');
const shown = (sender: Sender) =>
  [...sender.farSide.cards].map(([id, { finding }]) => `${id} r${finding.revision}`);

describe('an updating channel', () => {
  it('has one card a group, which later messages change, also after a crash', async () => {
    const sender = new Sender({ canUpdate: true }).queue(first).read();
    await sender.answer();
    sender.queue(later(2)).read();
    await sender.answer();
    sender.crash().queue(later(3)).read();
    await sender.answer();
    expect(shown(sender)).toEqual(['om_0 r3']);
    const cards = sender.deliveries.filter(({ outcome }) => outcome === 'sent');
    expect(new Set(cards.map(({ cardSentAt }) => cardSentAt)).size).toBe(1);
    expect(cards.map(({ platformMessageId }) => platformMessageId)).toEqual(['om_0', 'om_0', 'om_0']);
  });

  it('is sent a new card where the old one can be changed no more', async () => {
    const sender = new Sender({ canUpdate: true }).queue(first).read();
    await sender.answer();
    sender.queue(later(2)).read();
    await sender.answer({ kind: 'failed', cause: 'permanent', error: 'too old', isCardGone: true });
    expect(sender.story.slice(-2)).toEqual(['a r2 retrying', 'a r2 sending']);
    await sender.answer();
    expect(shown(sender)).toEqual(['om_0 r1', 'om_1 r2']);
    sender.crash().queue(later(3)).read();
    await sender.answer();
    expect(shown(sender)).toEqual(['om_0 r1', 'om_1 r3']);
  });

  it('is asked for what it may have, with the same key, before anything newer', async () => {
    const sender = new Sender({ canUpdate: true, isIdempotent: true }).queue(first).read();
    sender.queue(later(2)).read();
    await sender.answer(unanswered, true);
    sender.crash().tick(20_000);
    await sender.answer();
    await sender.answer();
    expect(sender.story).not.toContain('a r1 superseded');
    expect(shown(sender)).toEqual(['om_0 r2']);
    const [once, again] = sender.farSide.contexts;
    expect(again?.idempotencyKey).toBe(once?.idempotencyKey);
    expect(again?.uncertainSince).toBe(once?.now);
    expect(sender.repeats).toBe(1);
  });

  it('lets what is critical through behind an older one that must be settled first', async () => {
    const sender = new Sender({ canUpdate: true }).queue(sampleMessage({ id: 'a', severity: 'info' })).read();
    sender.queue(sampleMessage({ id: 'b', severity: 'warning' })).read();
    await sender.answer(unanswered);
    sender.queue(sampleMessage({ id: 'a', revision: 2, severity: 'critical' }, 'escalated')).read();
    sender.tick(20_000);
    await sender.answer();
    await sender.answer();
    await sender.answer();
    expect(sender.cards.map((card) => card.slice(0, 4))).toEqual(['b r1', 'a r1', 'a r2']);
  });

  it('counts every call that an update takes', async () => {
    const sender = new Sender({ canUpdate: true, perMinute: 4 });
    sender.farSide.channel.calls = (outgoing) => (outgoing.kind === 'card' && outgoing.card ? 2 : 1);
    sender.queue(first).read();
    await sender.answer();
    for (const revision of [2, 3, 4]) {
      sender.queue(sampleMessage({ id: 'a', revision }, 'escalated')).read();
      if (revision < 4) expect(sender.calls).toBe(revision === 2 ? 1 : 0);
      if (sender.calls > 0) await sender.answer();
    }
    expect(sender.crash().tick(59_000).calls).toBe(0);
    expect(sender.tick(1000).calls).toBe(1);
  });
});

describe('a card that is refused', () => {
  const refused: SendOutcome = { kind: 'failed', cause: 'permanent', error: 'bad card', isCardRefused: true };
  it('goes once more, plain, also after a crash, and then into the dead letters', async () => {
    const sender = new Sender().queue(first).read();
    await sender.answer(refused);
    sender.crash();
    await sender.answer(refused);
    expect(sender.farSide.contexts.map(({ plain }) => plain)).toEqual([false, true]);
    expect(sender.story.at(-1)).toBe('a r1 dead');
    expect(sender.published.some(({ topic }) => topic === 'dlq.outbox.feishu')).toBe(true);
  });
});
