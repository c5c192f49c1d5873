import type { Delivery, Finding } from '#shared/model/index.ts';
import type { Check } from '../check.ts';
import { quantile, seconds } from '../words.ts';

const hour = 60 * 60_000;
/** What is promised: from the arrival of the first line to the accepted card. */
const promisedMs = 5_000;
const most = 1000;
/** A card or two may be those of a start; as many late ones are no accident. */
const fewest = 3;

/** A card's time by where it went, in milliseconds. */
interface Way {
  readonly total: number;
  /** To the finding: detection, correlation, and the model as far as it is waited for. */
  readonly finding: number;
  /** In the outbox: grouping and pacing. */
  readonly outbox: number;
  /** At the channel, retries included. */
  readonly channel: number;
}

const hops = [
  {
    name: 'finding',
    told: 'until the finding is made',
    remedy:
      'the model is waited for (reasoning.holdSeconds), or a stage has a lag: `logpatrol doctor --only lag answers`',
  },
  {
    name: 'outbox',
    told: 'in the outbox',
    remedy: 'the channel is paced or its sender is away: `logpatrol queue list`',
  },
  {
    name: 'channel',
    told: 'at the channel',
    remedy: 'it is slow or fails: `logpatrol queue list`, `logpatrol channels test NAME`',
  },
] as const;

/** Whether cards of the last hour came in time, and else where their time went. */
export const latencyCheck: Check = {
  name: 'latency',
  part: 'alerts',
  anchors: ['alert-late'],
  async ask({ store, clock }) {
    const opened = await store();
    const now = clock();
    const deliveries = (await opened.deliveries({ limit: most })).filter(
      ({ at }) => Date.parse(at) >= now - hour,
    );
    const findings = await opened.searchFindings({ from: now - hour, limit: most });
    const ways = waysOf(deliveries, new Map(findings.map((finding) => [finding.id, finding])));
    const name = 'time from line to card';
    if (ways.length === 0)
      return [{ name, status: 'ok', detail: 'no card in the last hour; `logpatrol drill` sends one' }];
    const at = (share: number, pick: (way: Way) => number): number =>
      quantile(
        ways.map(pick).sort((a, b) => a - b),
        share,
      );
    const [half, most95] = [at(0.5, ({ total }) => total), at(0.95, ({ total }) => total)];
    const parts = hops.map((hop) => ({ ...hop, time: at(0.95, (way) => way[hop.name]) }));
    const where = parts.map(({ told, time }) => `${seconds(time)} ${told}`).join(', ');
    const detail = `of ${ways.length} ${ways.length === 1 ? 'card' : 'cards'} in the last hour half within ${seconds(half)}, 95 % within ${seconds(most95)} (${where})`;
    if (most95 <= promisedMs) return [{ name, status: 'ok', detail }];
    const isUsual = half > promisedMs && ways.length >= fewest;
    const slowest = parts.reduce((a, b) => (b.time > a.time ? b : a));
    return [
      {
        ...{ name, detail, anchor: 'alert-late', status: isUsual ? 'bad' : 'warning' },
        remedy: `most of it passes ${slowest.told}: ${slowest.remedy}`,
      },
    ];
  },
};

function waysOf(deliveries: readonly Delivery[], findings: ReadonlyMap<string, Finding>): Way[] {
  const begun = new Map<string, number>();
  for (const { messageId, outcome, at } of deliveries)
    if (outcome === 'sending')
      begun.set(messageId, Math.min(begun.get(messageId) ?? Infinity, Date.parse(at)));
  return deliveries.flatMap(({ messageId, incidentId, outcome, at, latency_ms: total }): Way[] => {
    const finding = findings.get(incidentId);
    if (outcome !== 'sent' || total === undefined || finding === undefined) return [];
    const sentAt = Date.parse(at);
    const arrivedAt = sentAt - total;
    const madeAt = Math.min(sentAt, Math.max(arrivedAt, Date.parse(finding.detectedAt ?? finding.createdAt)));
    const calledAt = Math.min(sentAt, Math.max(madeAt, begun.get(messageId) ?? sentAt));
    return [{ total, finding: madeAt - arrivedAt, outbox: calledAt - madeAt, channel: sentAt - calledAt }];
  });
}
