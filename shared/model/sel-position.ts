import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** Where a BMC's system event log has been read to, on the compacted topic `positions`. Key: `source`. */
export const SelPosition = z.object({
  /** `ipmi:<server>`. */
  source: z.string(),
  /** Id of the last record that was read, 0 before the first; and that record whole, base64, since ids come again after a clear. */
  recordId: z.number().int().min(0).max(0xffff),
  record: z.string().optional(),
  /** As the BMC stated them, in its own clock's seconds: when records were added and erased last. */
  lastAdd: z.number().int().nonnegative().optional(),
  lastErase: z.number().int().nonnegative().optional(),
  entries: z.number().int().nonnegative(),
  /** Goes up by one with each clear that was noticed: part of the ids of events, so that an id used again is another event. */
  generation: z.number().int().nonnegative(),
  overflow: z.boolean(),
  /** The BMC's clock minus ours at the last poll, in milliseconds. */
  clockOffsetMs: z.number().int().optional(),
  updatedAt: Timestamp,
});
export type SelPosition = z.infer<typeof SelPosition>;
