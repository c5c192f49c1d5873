import { z } from 'zod';
import { Actor } from './person-action.ts';
import { Timestamp } from './timestamp.ts';

/** Who did, or was refused, what; on the topic `audit`, stored as it is. */
export const AuditEntry = z.object({
  id: z.string(),
  at: Timestamp,
  by: Actor,
  /** How they came: a card's button, a signed link, the HTTP API, the command line; what logpatrol does by itself by its schedule. */
  via: z.enum(['card', 'link', 'api', 'cli', 'schedule']),
  /** A `PersonAction`, or `control.add`, `control.undo`, `preference.set`, `queue.replay`, `dlq.replay` … */
  action: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  /** Why it was refused or failed, in one line. */
  why: z.string().optional(),
  incidentId: z.string().optional(),
  controlId: z.string().optional(),
  channel: z.string().optional(),
  /** By whose rights it came over HTTP: `http.token`, `token:<name>`, `oidc:<sub>`; absent: by those of a person on the machine, or a card's. */
  account: z.string().optional(),
  note: z.string().optional(),
  /** Where the request came from, where it came over a network. */
  address: z.string().optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
