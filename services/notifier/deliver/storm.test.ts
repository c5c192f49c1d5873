import { describe, expect, it } from 'vitest';
import type { Message, Severity } from '#shared/model/index.ts';
import { mostInDigest } from '../cards/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { Sender, type SenderOptions } from '../testing/sender.ts';

/** Milliseconds between two looks at the clock. */
const step = 200;
const down = { kind: 'failed', cause: 'retryable', error: 'no connection' } as const;

interface Storm {
  readonly sender: Sender;
  /** When each message was told, in milliseconds after the storm's beginning. */
  readonly told: ReadonlyMap<string, number>;
  /** When calls began, those that failed among them. */
  readonly calls: readonly number[];
}

/** Messages that come evenly within `withinMs`, with a far side that is down from the one moment to the other. */
async function storm(
  options: SenderOptions,
  messages: readonly Message[],
  withinMs: number,
  [from, until]: readonly [number, number] = [0, 0],
): Promise<Storm> {
  const sender = new Sender(options, 64 * 1024 * 1024);
  const begun = sender.now;
  const calls: number[] = [];
  let queued = 0;
  for (let at = 0; at < 40 * 60_000 && sender.committed < messages.length; at += step) {
    const due = Math.min(messages.length, Math.ceil((messages.length * (at + step)) / withinMs));
    if (due > queued) sender.queue(...messages.slice(queued, due)).read();
    queued = due;
    while (sender.calls > 0) {
      calls.push(sender.now - begun);
      const isDown = sender.now - begun >= from && sender.now - begun < until;
      await sender.answer(isDown ? down : undefined, false, 0);
    }
    sender.tick(step);
  }
  const told = new Map<string, number>();
  for (const { messageId, outcome, at } of sender.deliveries)
    if (outcome === 'sent' || outcome === 'digested') told.set(messageId, Date.parse(at) - begun);
  return { sender, told, calls };
}

const message = (id: string, severity: Severity) => sampleMessage({ id, severity }, 'opened');
const severityOf = (index: number): Severity =>
  index % 500 === 250 ? 'critical' : index % 3 === 0 ? 'info' : 'warning';
const tenThousand = Array.from({ length: 10_000 }, (_, index) => message(`m${index}`, severityOf(index)));
const criticals = tenThousand.filter(({ finding }) => finding.severity === 'critical');
/** What the platform bears, and a channel is set to by default. */
const limits = { perSecond: 4, perMinute: 90 };

function expectWithin(calls: readonly number[], ms: number, most: number): void {
  for (const [index, from] of calls.entries()) {
    const next = calls[index + most];
    if (next !== undefined) expect(next - from).toBeGreaterThanOrEqual(ms);
  }
}

describe('10,000 findings in a minute, 20 of them critical', () => {
  it('are all told, with the far side down for five minutes, the critical ones within 30 s of its return', async () => {
    const upAt = 320_000;
    const { sender, told, calls } = await storm(limits, tenThousand, 60_000, [20_000, upAt]);
    for (const { id } of tenThousand) expect(sender.farSide.seen.get(id)).toBe(1);
    const own = sender.sent.map(({ id }) => id);
    for (const { id } of criticals) {
      const at = told.get(id) ?? Number.POSITIVE_INFINITY;
      if (at > 20_000) expect(at - upAt).toBeLessThan(30_000);
      expect(own).toContain(id);
    }
    expectWithin(calls, 1000, 4);
    expectWithin(calls, 60_000, 90);
    for (const { entries } of sender.farSide.digests)
      expect(entries.length).toBeLessThanOrEqual(mostInDigest);
    expect(Math.max(...told.values())).toBeLessThan(upAt + 4 * 60_000);
    expect(sender.mostBytes).toBeLessThan(20 * 1024 * 1024);
  }, 60_000);

  it('without an outage no critical one waits longer than the limit of a second wants', async () => {
    const { told } = await storm(limits, tenThousand, 60_000);
    for (const { id } of criticals) {
      const queuedAt = (tenThousand.findIndex((each) => each.id === id) / 10_000) * 60_000;
      expect((told.get(id) ?? Number.POSITIVE_INFINITY) - queuedAt).toBeLessThan(2000);
    }
    expect(Math.max(...told.values())).toBeLessThan(3 * 60_000);
  }, 60_000);
});

it('critical ones beyond what half a minute bears are digested first, and others still get their turn', async () => {
  const flood = Array.from({ length: 3000 }, (_, index) =>
    message(`m${index}`, index % 10 === 0 ? 'warning' : 'critical'),
  );
  const { sender, told } = await storm(limits, flood, 120_000);
  for (const { id } of flood) expect(sender.farSide.seen.get(id)).toBe(1);
  expect(sender.farSide.digests.length).toBeGreaterThan(5);
  for (const [index, { id, finding }] of flood.entries())
    if (finding.severity === 'critical')
      expect((told.get(id) ?? Number.POSITIVE_INFINITY) - (index / 3000) * 120_000).toBeLessThan(35_000);
  const firstOther = flood.find(({ finding }) => finding.severity === 'warning');
  expect(told.get(firstOther?.id ?? '')).toBeLessThan(60_000);
}, 30_000);

it('a burst that half a minute bears is told on cards of their own', async () => {
  const burst = Array.from({ length: 40 }, (_, index) => message(`m${index}`, 'warning'));
  const { sender, told } = await storm(limits, burst, 100);
  expect(sender.farSide.digests).toHaveLength(0);
  expect(Math.max(...told.values())).toBeLessThan(30_000);
});

it('a channel without limits never sees a digest', async () => {
  const { sender } = await storm(
    { perSecond: Number.POSITIVE_INFINITY, perMinute: Number.POSITIVE_INFINITY },
    tenThousand.slice(0, 2000),
    1000,
  );
  expect(sender.farSide.digests).toHaveLength(0);
});
