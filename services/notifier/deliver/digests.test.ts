import { describe, expect, it } from 'vitest';
import type { Message } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import { sampleFinding, sampleMessage } from '../testing/sample.ts';
import { Sender, type SenderOptions } from '../testing/sender.ts';

const message = (id: string, severity: Message['finding']['severity'] = 'warning') =>
  sampleMessage({ id, severity }, 'opened');
const failed = (over: Partial<Extract<SendOutcome, { kind: 'failed' }>> = {}): SendOutcome => ({
  kind: 'failed',
  cause: 'retryable',
  error: 'told to fail',
  ...over,
});
const named = (sender: Sender) =>
  sender.farSide.digests.map(({ entries }) => entries.map((entry) => entry.incidentId));

/** One call a minute for what is not critical is left: everything that is queued waits. */
function busySender(options: SenderOptions = {}): Sender {
  return new Sender({ perMinute: 10, ...options });
}

/** A sender whose digest of so many warnings has begun. */
async function withDigest(count: number, options: SenderOptions = {}): Promise<Sender> {
  const sender = busySender(options);
  sender.queue(...Array.from({ length: count }, (_, index) => message(`w${index}`))).read();
  if (sender.calls > 0) await sender.answer();
  for (let second = 0; second < 30 && sender.story.at(-1) !== 'digest sending'; second++) sender.tick(1000);
  expect(sender.story.at(-1)).toBe('digest sending');
  return sender;
}

describe('a digest', () => {
  it('names all that waits, ends each as digested, and covers it', async () => {
    const sender = await withDigest(40);
    await sender.answer();
    const [digest] = sender.farSide.digests;
    expect(digest?.entries).toHaveLength(40);
    expect(digest?.waiting).toBe(0);
    const ended = sender.deliveries.filter(({ outcome }) => outcome === 'digested');
    expect(ended).toHaveLength(40);
    expect(new Set(ended.map(({ digestId }) => digestId))).toEqual(new Set([digest?.id]));
    expect(sender.committed).toBe(40);
    expect(sender.crash().tick(60_000).calls).toBe(0);
  });

  it('names every incident of a message, and no more than it has rows for', async () => {
    const members = Array.from({ length: 49 }, (_, index) => {
      const { id, revision, title, service, severity, state, count, hostCount, firstSeen, lastSeen } =
        sampleFinding({ id: `member${index}` });
      return { id, revision, title, service, severity, state, count, hostCount, firstSeen, lastSeen };
    });
    const sender = busySender();
    const full = (id: string): Message => ({ ...message(id), others: members, otherCount: 60 });
    sender.queue(full('a'), full('b'), full('c'), ...['d', 'e', 'f', 'g'].map((id) => message(id))).read();
    for (let second = 0; second < 300 && sender.committed < 7; second++) {
      sender.tick(1000);
      while (sender.calls > 0) await sender.answer();
    }
    expect(sender.committed).toBe(7);
    const [first] = sender.farSide.digests;
    expect(first?.entries).toHaveLength(100);
    expect(first?.entries[0]).toMatchObject({ incidentId: 'a', otherCount: 11 });
    expect(first?.entries[1]).toMatchObject({ incidentId: 'member0', otherCount: 0 });
    expect(first?.waiting).toBeGreaterThan(0);
  });

  it('what follows of a group that a digest has named is told as usual', async () => {
    const sender = await withDigest(10);
    await sender.answer();
    sender.queue(sampleMessage({ id: 'w3', revision: 2, severity: 'critical' }, 'escalated')).read();
    while (sender.calls === 0) sender.tick(1000);
    await sender.answer();
    expect(sender.cards).toEqual(['w3 r2 escalated']);
  });

  it('waits with what follows of its groups until it is told', async () => {
    const sender = await withDigest(10, { inFlight: 2 });
    sender.queue(sampleMessage({ id: 'w3', revision: 2, severity: 'critical' }, 'escalated')).read();
    sender.tick(20_000);
    expect(sender.calls).toBe(1);
    await sender.answer();
    expect(sender.tick(20_000).story.at(-1)).toBe('w3 r2 sending');
  });

  it.each([1, 3, 1000])('is the same one after a crash, read %i records at a time', async (most) => {
    const sender = await withDigest(40);
    sender.queue(message('late')).read();
    await sender.crashUnheard(most);
    for (let second = 0; second < 120 && sender.committed < 41; second++) {
      while (sender.calls > 0) await sender.answer();
      sender.tick(1000);
    }
    const [first, second] = sender.farSide.digests;
    expect(second).toMatchObject({ id: first?.id, entries: first?.entries });
    expect(sender.farSide.digests).toHaveLength(2);
    expect(sender.repeats).toBe(1);
    expect(sender.cards).toEqual(['late r1 opened']);
    expect(
      new Set(sender.farSide.contexts.slice(0, 2).map(({ idempotencyKey }) => idempotencyKey)).size,
    ).toBe(1);
  });

  it('is tried again as it is, also after a crash', async () => {
    const sender = await withDigest(10);
    await sender.answer(failed());
    expect(sender.story.at(-1)).toBe('digest retrying');
    sender.queue(message('late')).read();
    sender.crash();
    for (let second = 0; second < 60 && sender.farSide.digests.length === 0; second++) {
      sender.tick(1000);
      while (sender.calls > 0) await sender.answer();
    }
    expect(named(sender)).toEqual([Array.from({ length: 10 }, (_, index) => `w${index}`)]);
    expect(sender.repeats).toBe(0);
  });

  it('that is refused goes plain, and then its messages go each by itself', async () => {
    const sender = await withDigest(6);
    await sender.answer(failed({ cause: 'permanent', isCardRefused: true }));
    while (sender.calls === 0) sender.tick(1000);
    await sender.answer(failed({ cause: 'permanent', isCardRefused: true }));
    expect(sender.farSide.contexts.map(({ plain }) => plain)).toEqual([false, true]);
    expect(sender.story).toContain('digest dead');
    expect(sender.published.filter(({ topic }) => topic.startsWith('dlq.'))).toHaveLength(0);
    sender.crash();
    for (let second = 0; second < 120 && sender.committed < 6; second++) {
      sender.tick(1000);
      while (sender.calls > 0) await sender.answer();
    }
    expect(sender.cards).toHaveLength(6);
    expect(sender.farSide.digests).toHaveLength(0);
  });

  it('of an outbox that was made anew is forgotten, and its messages are not held back', async () => {
    const sender = await withDigest(10);
    sender.outbox = [];
    sender.queue(message('x'), message('y'));
    sender.committed = 0;
    sender.crash();
    sender.queue(...Array.from({ length: 10 }, (_, index) => message(`z${index}`))).read();
    for (let second = 0; second < 120 && sender.committed < 12; second++) {
      sender.tick(1000);
      while (sender.calls > 0) await sender.answer();
    }
    expect(sender.committed).toBe(12);
  });

  it('is not made of what an updating channel has a card of', async () => {
    const sender = new Sender({ perMinute: 20, canUpdate: true });
    sender.queue(message('known')).read();
    await sender.answer();
    const news = Array.from({ length: 15 }, (_, index) => message(`w${index}`));
    sender.queue(...news, sampleMessage({ id: 'known', revision: 2, severity: 'warning' }, 'handled')).read();
    for (let second = 0; second < 120 && sender.committed < 17; second++) {
      while (sender.calls > 0) await sender.answer();
      sender.tick(1000);
    }
    expect(named(sender).flat()).not.toContain('known');
    expect([...sender.farSide.cards.values()][0]?.finding.revision).toBe(2);
  });
});
