import { z } from 'zod';
import { Muted } from './control.ts';
import { Exemplar, HostCount } from './exemplar.ts';
import { Actor, HistoryEntry } from './person-action.ts';
import { Series } from './series.ts';
import { Severity } from './severity.ts';
import { Quota, TemplateLabel, Threshold } from './signal.ts';
import { Timestamp } from './timestamp.ts';

/** `pending`: not an incident yet (its rule's threshold is not reached, or what would excuse it may still come); nobody hears of it. */
export const IncidentState = z.enum(['pending', 'open', 'acknowledged', 'resolved']);
export type IncidentState = z.infer<typeof IncidentState>;

/** A host of an incident, with the event time of the newest line that said it was well again. */
export const IncidentHost = HostCount.extend({ clearedAt: Timestamp.optional() });
export type IncidentHost = z.infer<typeof IncidentHost>;

const moment = z.number().int();

/**
 * Lines of an incident that is pending or resolved which do not count yet, in parts by event time. Moments are milliseconds since
 * the epoch.
 */
export const Probation = z.object({
  threshold: Threshold.optional(),
  unlessWithinMs: z.number().int().positive().optional(),
  /** True where all of them were old when they were read. */
  old: z.boolean(),
  parts: z.array(
    z.object({
      /** Start of its slice of the threshold's window; without a threshold its first line. */
      at: moment,
      firstSeen: moment,
      lastSeen: moment,
      arrivedAt: moment,
      count: z.number().int().positive(),
      /** What counts towards the threshold, by key; '' is all keys that are beyond the bound. */
      keys: z.array(z.object({ key: z.string(), count: z.number().int().positive() })).optional(),
      hosts: z.array(z.object({ name: z.string(), count: z.number().int().positive(), lastSeen: moment })),
    }),
  ),
  exemplars: z.array(Exemplar),
});
export type Probation = z.infer<typeof Probation>;

/** Another incident that this one has to do with. */
export const RelatedIncident = z.object({ id: z.string(), service: z.string(), title: z.string() });
export type RelatedIncident = z.infer<typeof RelatedIncident>;

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
  /**
   * The revision at which it last changed materially: opened, reopened, resolved, grew tenfold, reached a new scale of hosts. Not where
   * a person took it on or handed it over: that is told at once all the same.
   */
  materialRevision: z.number().int().positive(),
  /** How often it was opened: 1, and one more for each reopening. */
  openings: z.number().int().positive(),
  /** Lines in all, exact; 0 while it is pending. */
  count: z.number().int().nonnegative(),
  /** Hosts with their counts, capped; most frequent first. */
  hosts: z.array(IncidentHost),
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
  /** Why it was resolved: `quiet`, `line`, `capacity`, `person`. */
  resolvedBy: z.string().optional(),
  /** The line that resolved it. */
  clearedBy: Exemplar.optional(),
  /** True where its lines were already old when they were read (a first start on old logs): a finding, and no card. */
  old: z.boolean(),
  exemplars: z.array(Exemplar),
  captures: z.record(z.string(), z.string()).optional(),
  template: TemplateLabel.optional(),
  detail: z.string().optional(),
  numbers: z.record(z.string(), z.number()).optional(),
  atMost: Quota.optional(),
  /** It stays open for so long without a line, in milliseconds, unless all its hosts are well again. */
  quietAfterMs: z.number().int().positive().optional(),
  /** Event time of the first line of each reopening, the last few, oldest first. */
  reopenedAt: z.array(Timestamp).optional(),
  /** There while it is pending, and while it is resolved and might reopen; `count` and what goes with it has none of these lines. */
  probation: Probation.optional(),
  /** Opened and resolved so often of late that it is held open until it has been quiet for longer. */
  flapping: z.boolean().optional(),
  /** Nobody is told while this is there. */
  muted: Muted.optional(),
  /** The open incident of a service that this one's depends on: people are told there. */
  causedBy: RelatedIncident.optional(),
  /** Incidents that this one has taken in, capped, and how many in all. */
  dependants: z.array(RelatedIncident).optional(),
  dependantCount: z.number().int().positive().optional(),
  /** Where one of them is worse than itself and both are parts of one machine: its severity, which this one's finding has then. */
  worstDependant: Severity.optional(),
  /** It occurs as often in the logs that were learned as good. */
  knownGood: z.boolean().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** Lines over time. */
  series: Series.optional(),
  /** Who took it on, since it was opened last. */
  acknowledged: z.object({ by: Actor, at: Timestamp }).optional(),
  /** Whose it is: who took it on, or to whom it was handed over since. */
  assignee: Actor.optional(),
  /** What people did about it, the last dozen, oldest first. */
  history: z.array(HistoryEntry).optional(),
});
export type Incident = z.infer<typeof Incident>;

/**
 * True where people are told of an incident on the card of its cause and on none of its own. One whose rule pins its severity is
 * always told itself.
 */
export function isTakenIn(one: {
  readonly causedBy?: RelatedIncident | undefined;
  readonly pinned?: boolean | undefined;
}): boolean {
  return one.causedBy !== undefined && one.pinned !== true;
}
