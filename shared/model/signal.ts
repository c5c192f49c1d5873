import { z } from 'zod';
import { Exemplar, HostCount } from './exemplar.ts';
import { Actor, PersonAction } from './person-action.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/** So many within so long, in milliseconds. */
export const Quota = z.object({ count: z.number().int().positive(), windowMs: z.number().int().positive() });
export type Quota = z.infer<typeof Quota>;

/** From when on the lines of a fingerprint are an incident: `by` is `host` or a capture's name; absent: all of them together. */
export const Threshold = Quota.extend({ by: z.string().optional() });
export type Threshold = z.infer<typeof Threshold>;

/** What stays the same of the lines of one kind: its id is made from its text, which has `<*>` where the lines differ. */
export const TemplateLabel = z.object({
  id: z.string(),
  text: z.string(),
  /** Ids of the templates that became this one, capped: what was said of them holds for it. */
  formerIds: z.array(z.string()).optional(),
});
export type TemplateLabel = z.infer<typeof TemplateLabel>;

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
  /** The first line with its variables masked: what templates are learned from. */
  masked: z.string().optional(),
  template: TemplateLabel.optional(),
  /** The rule's threshold, and the lines that count towards it: `at` is the start of a slice of the window in ms since the epoch. */
  threshold: Threshold.optional(),
  slices: z
    .array(z.object({ at: z.number().int(), key: z.string(), count: z.number().int().positive() }))
    .optional(),
  /** The incident is none where a `Clear` of its rule comes within so long, in milliseconds. */
  unlessWithinMs: z.number().int().positive().optional(),
  /** So many cards of this rule within so long; what is beyond it is counted in the next one. */
  atMost: Quota.optional(),
  /** Such a state ends by a `Clear`: where none comes, it is over only when nothing has come for so long, in milliseconds. */
  quietAfterMs: z.number().int().positive().optional(),
  /** Of the rule: what routing can ask for. */
  labels: z.record(z.string(), z.string()).optional(),
  /** One sentence with the numbers behind it, in the language of findings; and the numbers. */
  detail: z.string().optional(),
  numbers: z.record(z.string(), z.number()).optional(),
});
export type Hit = z.infer<typeof Hit>;

/**
 * A line that ends what a rule began: it matches the rule's `resolved-by` or `unless`. All such lines of one rule, service and
 * captures in one batch.
 */
export const Clear = z.object({
  kind: z.literal('clear'),
  id: z.string(),
  domain: z.string(),
  rule: z.string(),
  purpose: z.enum(['resolved-by', 'unless']),
  service: z.string(),
  type: z.string(),
  /** Hosts that said so, each with the event time of the last such line. */
  hosts: z.array(z.object({ name: z.string(), lastSeen: Timestamp })),
  arrivedAt: Timestamp,
  /** Concerns incidents whose captures of these names have these values. */
  captures: z.record(z.string(), z.string()).optional(),
  exemplar: Exemplar,
});
export type Clear = z.infer<typeof Clear>;

/** How many lines of which kinds one batch had: what rates are judged by. */
export const Counts = z.object({
  kind: z.literal('counts'),
  id: z.string(),
  domain: z.string(),
  type: z.string(),
  arrivedAt: Timestamp,
  /** One line in so many was looked at; the counts are multiplied already. */
  sampling: z.number().int().positive(),
  /** Lines that are in no entry, because there were too many kinds. */
  otherCount: z.number().int().nonnegative(),
  entries: z.array(
    z.object({
      service: z.string(),
      /** The line with its variables masked, cut to some hundred characters. Hostile text. */
      masked: z.string(),
      /** Start of the minute of event time, in milliseconds since the epoch. */
      minute: z.number().int(),
      count: z.number().int().positive(),
      /** The rule that matched these lines, where one did. */
      rule: z.string().optional(),
      /** The severity of that rule; else `warning` where the line's own words say error or worse. */
      severity: Severity.optional(),
      /** One such line, where the member has not shown one lately. */
      exemplar: Exemplar.optional(),
    }),
  ),
});
export type Counts = z.infer<typeof Counts>;

/** What a person did about an incident. `silence-…` and `not-a-problem` are carried out by a control; here they are only told of. */
export const ActionSignal = z.object({
  kind: z.literal('action'),
  /** Deterministic where the platform names its events: one that comes twice counts once. */
  id: z.string(),
  domain: z.string(),
  incidentId: z.string(),
  action: PersonAction,
  by: Actor,
  to: Actor.optional(),
  note: z.string().max(500).optional(),
  /** When it was done. */
  at: Timestamp,
});
export type ActionSignal = z.infer<typeof ActionSignal>;

/** What detection and people tell correlation, on `signals`. External alerts join this union later. */
export const Signal = z.discriminatedUnion('kind', [Hit, Clear, Counts, ActionSignal]);
export type Signal = z.infer<typeof Signal>;
