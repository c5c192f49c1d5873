import { z } from 'zod';

/** What the team's inventory (CMDB) says of a host. */
export const Asset = z.object({
  /** Host name or address that it was found by. */
  host: z.string(),
  owner: z.string().optional(),
  /** Everything else, by the inventory's own names: rack, role, model, environment … Bounded in number and length. */
  facts: z.record(z.string(), z.string()),
});
export type Asset = z.infer<typeof Asset>;
