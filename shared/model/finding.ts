import { z } from 'zod';
import { Muted } from './control.ts';
import { Exemplar } from './exemplar.ts';
import { IncidentState, RelatedIncident } from './incident.ts';
import { Severity } from './severity.ts';
import { Quota, TemplateLabel } from './signal.ts';
import { Timestamp } from './timestamp.ts';

/** What the model said of an incident. Everything in it is text for people; nothing is ever executed. */
export const Conclusion = z.object({
  summary: z.string(),
  cause: z.string(),
  /** Ids of exemplars that show it; ids that were not given to the model have been dropped. */
  evidence: z.array(z.string()),
  actions: z.array(z.string()),
  severity: Severity,
  confidence: z.number().min(0).max(1),
  model: z.string(),
  /** Wall time of the call in milliseconds, and tokens in and out. */
  durationMs: z.number().nonnegative(),
  promptTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
});
export type Conclusion = z.infer<typeof Conclusion>;

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
  resolvedAt: Timestamp.optional(),
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
  reasoning: Reasoning,
  conclusion: Conclusion.optional(),
});
export type Finding = z.infer<typeof Finding>;
