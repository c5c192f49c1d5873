import { z } from 'zod';
import { IncidentState } from './incident.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Which findings share a card on one channel, on the compacted topic `groups`, written by notify alone: its memory of what
 * it has already told. Key and id: `<channel>:<incident id of the first member>`.
 */
export const Group = z.object({
  id: z.string(),
  channel: z.string(),
  members: z.array(
    z.object({
      incidentId: z.string(),
      /** The finding revision last sent to the outbox, and what it said. */
      revision: z.number().int().positive(),
      severity: Severity,
      state: IncidentState,
      openings: z.number().int().positive(),
      concluded: z.boolean(),
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Group = z.infer<typeof Group>;
