import { describe, expect, it } from 'vitest';
import { isTerminal, type MessageReason, type Severity } from '#shared/model/index.ts';
import { randomFrom } from '../testing/hostile.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender, type SenderOptions } from '../testing/sender.ts';

const severities: Severity[] = ['info', 'warning', 'critical'];
const later: MessageReason[] = ['escalated', 'concluded', 'joined', 'handled', 'resolved'];

interface Life {
  readonly sender: Sender;
  readonly newest: ReadonlyMap<string, number>;
  /** Ends of a process, and calls that were taken without an answer. */
  readonly uncertain: number;
}

/** A life of a sender: messages, answers of every kind, waits and crashes in an order that the seed decides; then peace. */
async function live(seed: number, options: SenderOptions, groups: number): Promise<Life> {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[], fallback: Item): Item =>
    items[Math.floor(random() * items.length)] ?? fallback;
  const sender = new Sender({ inFlight: 1 + (seed % 3), ...options }, seed % 2 === 0 ? 6000 : 1 << 20);
  const newest = new Map<string, number>();
  let uncertain = 0;
  for (let step = 0; step < 120; step++) {
    const what = random();
    if (what < 0.35) {
      const id = `i${Math.floor(random() * groups)}`;
      const revision = (newest.get(id) ?? 0) + 1;
      newest.set(id, revision);
      const reason = revision === 1 ? 'opened' : pick(later, 'escalated');
      sender.queue(sampleMessage({ id, revision, severity: pick(severities, 'info') }, reason)).read();
    } else if (what < 0.75) {
      const how = random();
      if (sender.calls === 0) sender.tick(1000);
      else if (how < 0.7) await sender.answer();
      else if (how < 0.9) await sender.answer({ kind: 'failed', cause: 'retryable', error: 'told to fail' });
      else {
        uncertain++;
        const lost = { kind: 'failed', cause: 'retryable', error: 'no answer', uncertain: true } as const;
        await sender.answer(lost, random() < 0.5);
      }
    } else if (what < 0.85) sender.tick(Math.floor(random() * 5000));
    else {
      uncertain += sender.calls;
      const most = 1 + Math.floor(random() * 20);
      if (what < 0.93) sender.crash(most);
      else await sender.crashUnheard();
    }
  }
  for (let step = 0; step < 800 && sender.committed < sender.outbox.length; step++) {
    if (!sender.paused) sender.read();
    if (sender.calls > 0) await sender.answer();
    else sender.tick(20_000);
  }
  return { sender, newest, uncertain };
}

/** A channel that bears everything; one that bears so little that digests are needed; and each that can update, and knows what it has. */
const channels: readonly (readonly [string, SenderOptions, number])[] = [
  ['a custom bot', {}, 8],
  ['a custom bot in a storm', { perMinute: 10 }, 30],
  ['an app', { canUpdate: true, isIdempotent: true }, 8],
  ['an app in a storm', { canUpdate: true, isIdempotent: true, perMinute: 10 }, 30],
];
const seeds = Array.from({ length: 60 }, (_, seed) => seed);

describe.each(channels)('whatever happens on %s', (_name, options, groups) => {
  it.each(seeds)('everything is told, in order, in full the first time (seed %i)', async (seed) => {
    const { sender, newest, uncertain } = await live(seed, options, groups);
    expect(sender.committed).toBe(sender.outbox.length);

    // Each message ends in one way, and what ends as shown was shown.
    const { seen } = sender.farSide;
    const ends = new Map<string, string[]>();
    for (const { messageId, digestId, outcome } of sender.deliveries)
      if (isTerminal(outcome) && messageId !== digestId)
        ends.set(messageId, [...(ends.get(messageId) ?? []), outcome]);
    expect(ends.size).toBe(sender.outbox.length);
    for (const [id, outcomes] of ends) {
      expect(outcomes).toHaveLength(1);
      if (outcomes[0] !== 'superseded') expect(seen.get(id) ?? 0).toBeGreaterThanOrEqual(1);
    }

    // In order, and with the newest of each; in full where nothing was seen before.
    const heard = new Map<string, number[]>();
    const inDigests = new Set(
      sender.farSide.digests.flatMap(({ entries }) => entries.map((entry) => entry.incidentId)),
    );
    for (const { finding, reason } of sender.sent) {
      const before = heard.get(finding.id);
      if (before === undefined && !inDigests.has(finding.id)) expect(reason).toBe('opened');
      heard.set(finding.id, [...(before ?? []), finding.revision]);
    }
    for (const revisions of heard.values()) expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    for (const [id, revision] of newest)
      expect(seen.get(`feishu:${id}:${revision}`) ?? 0, id).toBeGreaterThanOrEqual(1);

    // Nothing is repeated without a reason, and nothing at all where the far side knows what it has.
    const digestRows = sender.farSide.digests.reduce((sum, { entries }) => sum + entries.length, 0);
    const shown = sender.farSide.digests.length + sender.sent.length;
    const messages = [...seen.values()].reduce((sum, count) => sum + count, 0);
    expect(messages).toBe(sender.sent.length + digestRows);
    if (options.isIdempotent === true) for (const count of seen.values()) expect(count).toBe(1);
    else {
      const distinct = new Set([
        ...sender.sent.map(({ id }) => id),
        ...sender.farSide.digests.map(({ id }) => id),
      ]);
      expect(shown - distinct.size).toBeLessThanOrEqual(uncertain);
      expect(shown - distinct.size).toBeLessThanOrEqual(sender.repeats);
    }
    // A group has one card, and it shows the newest.
    if (options.canUpdate === true) {
      const groupsWithCards = [...sender.farSide.cards.values()].map(({ groupId }) => groupId);
      expect(new Set(groupsWithCards).size).toBe(groupsWithCards.length);
      for (const { finding } of sender.farSide.cards.values())
        expect(finding.revision).toBe(newest.get(finding.id));
    }
  });
});

it('digests come about in these lives', async () => {
  const lives = await Promise.all(seeds.slice(0, 10).map((seed) => live(seed, { perMinute: 10 }, 30)));
  const digests = lives.flatMap(({ sender }) => sender.farSide.digests);
  expect(digests.length).toBeGreaterThan(10);
});
