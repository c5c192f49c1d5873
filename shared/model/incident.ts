import { z } from 'zod';
import { Exemplar, HostCount } from './exemplar.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

export const IncidentState = z.enum(['open', 'acknowledged', 'resolved']);
export type IncidentState = z.infer<typeof IncidentState>;

/**
 * The whole state of one incident, on the compacted topic `incidents`, written by correlate alone. Key and id:
 * `<domain partition>-<fingerprint>-<opened, base 36 ms>`.
 */
export const Incident = z.object({
  id: z.string(),
  traceId: z.string(),
  domain: z.string(),
  fingerprint: z.string(),
  rule: z.string(),
  pack: z.string(),
  title: z.string(),
  severity: Severity,
  pinned: z.boolean(),
  runbook: z.string().optional(),
  service: z.string(),
  type: z.string(),
  state: IncidentState,
  /** Rises by one with each published state. */
  revision: z.number().int().positive(),
  /** The revision at which it last changed materially: opened, reopened, resolved, grew tenfold, reached a new scale of hosts. */
  materialRevision: z.number().int().positive(),
  /** How often it was opened: 1, and one more for each reopening. */
  openings: z.number().int().positive(),
  /** Lines in all, exact. */
  count: z.number().int().positive(),
  /** Hosts with their counts, capped; most frequent first. */
  hosts: z.array(HostCount),
  /** Distinct hosts: exact up to the cap, an estimate beyond it. */
  hostCount: z.number().int().nonnegative(),
  /** State of the distinct-host sketch, base64; absent below the cap. */
  hostSketch: z.string().optional(),
  /** Event time of the first and the last line. */
  firstSeen: Timestamp,
  lastSeen: Timestamp,
  /** When the first and the newest line arrived on the bus. */
  firstArrivedAt: Timestamp,
  lastArrivedAt: Timestamp,
  openedAt: Timestamp,
  updatedAt: Timestamp,
  resolvedAt: Timestamp.optional(),
  /** Why it was resolved: `quiet`, later also a line or a person. */
  resolvedBy: z.string().optional(),
  /** True where its lines were already old when they were read (a first start on old logs): a finding, and no card. */
  old: z.boolean(),
  exemplars: z.array(Exemplar),
  captures: z.record(z.string(), z.string()).optional(),
});
export type Incident = z.infer<typeof Incident>;
