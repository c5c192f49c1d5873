import { z } from 'zod';
import { Asset } from './asset.ts';
import { Conclusion, RunbookRef } from './conclusion.ts';
import { Muted } from './control.ts';
import { Exemplar } from './exemplar.ts';
import { IncidentState, RelatedIncident } from './incident.ts';
import { MachineState } from './machine.ts';
import { Actor, HistoryEntry } from './person-action.ts';
import { Series } from './series.ts';
import { Severity } from './severity.ts';
import { Quota, TemplateLabel } from './signal.ts';
import { Timestamp } from './timestamp.ts';

/** A section of a runbook that fits an incident: the rule names it, or it was searched for. */
export const FoundRunbook = RunbookRef.extend({
  foundBy: z.enum(['rule', 'search']),
  /** How well it fits: of its words, or by reciprocal rank fusion where meaning took part; compares within one search only. */
  score: z.number(),
  /** What its runbook says to do first, plain text with commands on lines of their own; bounded. Of a finding's, the best one alone has them. */
  steps: z.array(z.string()).optional(),
});
export type FoundRunbook = z.infer<typeof FoundRunbook>;

/** An earlier finding of the same failure, or of one like it, and what became of it. */
export const PastFinding = z.object({
  id: z.string(),
  title: z.string(),
  lastSeen: Timestamp,
  cause: z.string().optional(),
  /** What people said of it: who, and their words. */
  feedback: z.string().optional(),
});
export type PastFinding = z.infer<typeof PastFinding>;

/** How far reasoning got: `model` answered, `pending` (deadline passed, may follow), `unavailable`, or `off` (none configured). */
export const Reasoning = z.enum(['model', 'pending', 'unavailable', 'off']);
export type Reasoning = z.infer<typeof Reasoning>;

/**
 * An incident's conclusion, revision after revision, on the compacted topic `findings`, written by reason alone, stored in
 * the findings index under `id` with `revision` as external version, and printed by `logpatrol scan` (one a line in ndjson).
 */
export const Finding = z.object({
  /** The incident's id. */
  id: z.string(),
  traceId: z.string(),
  revision: z.number().int().positive(),
  /** The incident revision that this finding reflects. */
  incidentRevision: z.number().int().positive(),
  materialRevision: z.number().int().positive(),
  state: IncidentState.exclude(['pending']),
  openings: z.number().int().positive(),
  domain: z.string(),
  fingerprint: z.string(),
  rule: z.string(),
  pack: z.string(),
  title: z.string(),
  service: z.string(),
  type: z.string(),
  runbook: z.string().optional(),
  severity: Severity,
  /** True where the rule forbids anything to change its severity; nobody can silence it then. */
  pinned: z.boolean().optional(),
  /** Why this severity, one short sentence a step. */
  severityReasons: z.array(z.string()),
  count: z.number().int().positive(),
  /** Names of hosts, most frequent first, capped. */
  hosts: z.array(z.string()),
  hostCount: z.number().int().nonnegative(),
  firstSeen: Timestamp,
  lastSeen: Timestamp,
  /** When the first line arrived on the bus, and when this revision was made: detection time is the difference. */
  arrivedAt: Timestamp,
  createdAt: Timestamp,
  /** When the first revision since it was opened last was made; absent in what an earlier version wrote. */
  detectedAt: Timestamp.optional(),
  resolvedAt: Timestamp.optional(),
  /** `quiet`, `line`, `capacity`, `person`. */
  resolvedBy: z.string().optional(),
  /** The line that resolved it. */
  clearedBy: Exemplar.optional(),
  old: z.boolean(),
  exemplars: z.array(Exemplar),
  captures: z.record(z.string(), z.string()).optional(),
  template: TemplateLabel.optional(),
  detail: z.string().optional(),
  numbers: z.record(z.string(), z.number()).optional(),
  atMost: Quota.optional(),
  flapping: z.boolean().optional(),
  muted: Muted.optional(),
  causedBy: RelatedIncident.optional(),
  dependants: z.array(RelatedIncident).optional(),
  dependantCount: z.number().int().positive().optional(),
  knownGood: z.boolean().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  series: Series.optional(),
  acknowledged: z.object({ by: Actor, at: Timestamp }).optional(),
  assignee: Actor.optional(),
  history: z.array(HistoryEntry).optional(),
  /** Sections of runbooks that fit it, the best first; with or without a model. */
  runbooks: z.array(FoundRunbook).optional(),
  /** What the inventory says of its hosts, the most affected first; capped. */
  assets: z.array(Asset).optional(),
  /** Earlier findings like it, the newest first; capped. */
  similar: z.array(PastFinding).optional(),
  /** An open hardware fault on one of its hosts. */
  hardware: RelatedIncident.optional(),
  /** What the sensors of its hosts say, in band and out of band; capped at the few most affected. */
  machines: z.array(MachineState).max(3).optional(),
  reasoning: Reasoning,
  /** Why there is no conclusion, or an older one, in a few words of the operator's language. */
  reasoningNote: z.string().optional(),
  /** One that an earlier version wrote in another shape is left out; the finding around it stays readable. */
  conclusion: Conclusion.optional().catch(undefined),
});
export type Finding = z.infer<typeof Finding>;
