import { describe, expect, it } from 'vitest';
import type { MessageReason, Severity } from '#shared/model/index.ts';
import { randomFrom } from '../testing/hostile.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender } from '../testing/sender.ts';

const severities: Severity[] = ['info', 'warning', 'critical'];
const later: MessageReason[] = ['escalated', 'concluded', 'resolved'];

/** A life of a sender: messages, answers of every kind, waits and crashes in an order that the seed decides; then peace. */
async function live(seed: number): Promise<{ sender: Sender; newest: Map<string, number> }> {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[], fallback: Item): Item =>
    items[Math.floor(random() * items.length)] ?? fallback;
  const sender = new Sender({ inFlight: 1 + (seed % 3) }, seed % 2 === 0 ? 6000 : 1 << 20);
  const newest = new Map<string, number>();
  for (let step = 0; step < 120; step++) {
    const what = random();
    if (what < 0.35) {
      const id = `i${Math.floor(random() * 8)}`;
      const revision = (newest.get(id) ?? 0) + 1;
      newest.set(id, revision);
      const reason = revision === 1 ? 'opened' : pick(later, 'escalated');
      sender.queue(sampleMessage({ id, revision, severity: pick(severities, 'info') }, reason)).read();
    } else if (what < 0.75) {
      if (sender.calls === 0) sender.tick(1000);
      else if (random() < 0.7) await sender.answer();
      else await sender.answer({ kind: 'failed', cause: 'retryable', error: 'told to fail' });
    } else if (what < 0.85) sender.tick(Math.floor(random() * 5000));
    else if (what < 0.93) sender.crash();
    else await sender.crashUnheard();
  }
  for (let step = 0; step < 500 && sender.committed < sender.outbox.length; step++) {
    if (sender.calls > 0) await sender.answer();
    else sender.tick(20_000);
  }
  return { sender, newest };
}

describe('whatever happens', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'the group hears the newest of every incident, in order, the first time in full (seed %i)',
    async (seed) => {
      const { sender, newest } = await live(seed);
      expect(sender.committed).toBe(sender.outbox.length);
      const heard = new Map<string, number[]>();
      for (const { finding, reason } of sender.sent) {
        const before = heard.get(finding.id);
        if (before === undefined) expect(reason).toBe('opened');
        heard.set(finding.id, [...(before ?? []), finding.revision]);
      }
      for (const [id, revision] of newest) {
        const revisions = heard.get(id) ?? [];
        expect(revisions.at(-1)).toBe(revision);
        expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
      }
      const repeated = sender.sent.length - new Set(sender.sent.map((each) => each.id)).size;
      expect(repeated).toBeLessThanOrEqual(sender.repeats);
    },
  );
});
