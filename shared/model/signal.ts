import { z } from 'zod';
import { Exemplar, HostCount } from './exemplar.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * All the hits of one fingerprint in one batch of one partition. `id` is deterministic (topic, partition, first offset,
 * fingerprint), so a batch that is worked through twice yields the same signals.
 */
export const Hit = z.object({
  kind: z.literal('hit'),
  id: z.string(),
  traceId: z.string(),
  domain: z.string(),
  /** Which failure this is, from service, rule and masked line; never the host. 16 hex digits. */
  fingerprint: z.string(),
  rule: z.string(),
  pack: z.string(),
  title: z.string(),
  /** The rule's own severity; the finding's is decided later. */
  severity: Severity,
  /** True where the rule forbids anything to change its severity. */
  pinned: z.boolean(),
  runbook: z.string().optional(),
  service: z.string(),
  /** The log type: `<type>` of the topic `logs.<type>`. */
  type: z.string(),
  count: z.number().int().positive(),
  /** Hosts with their counts, most frequent first, capped at 100. */
  hosts: z.array(HostCount),
  /** Hits from hosts beyond the cap. */
  otherHostsCount: z.number().int().nonnegative(),
  firstSeen: Timestamp,
  lastSeen: Timestamp,
  /** When the newest of these lines arrived on the bus; latency is measured from here. */
  arrivedAt: Timestamp,
  exemplars: z.array(Exemplar),
  captures: z.record(z.string(), z.string()).optional(),
});
export type Hit = z.infer<typeof Hit>;

/** What detection tells correlation, on `signals`. Template counts, external alerts and actions join this union later. */
export const Signal = z.discriminatedUnion('kind', [Hit]);
export type Signal = z.infer<typeof Signal>;
