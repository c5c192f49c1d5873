import { z } from 'zod';
import { SelFill } from './sel-event.ts';
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
  /** How full the log was, as it was told last. */
  fill: SelFill,
  /** The BMC's clock minus ours at the last poll, in milliseconds. */
  clockOffsetMs: z.number().int().optional(),
  /** Records that were read from the log as it is, base64: the id (2 bytes) and the head of the hash (6 bytes) of each, in the log's order. */
  known: z.string(),
  /** Of a log that is read anew from its start: records known before that may still stand further on. */
  unseen: z.string(),
  /**
   * `complete`: the end of the log was reached; `partial`: there is more to read; `after-clear`: so, and the log was cleared
   * since `unseen` was read.
   */
  walk: z.enum(['complete', 'partial', 'after-clear']),
  /** False where the log may have been erased while it was read: the reading was cut. */
  isVerified: z.boolean(),
  /** Records that the BMC counts and does not give out, so that more of them tell of records that stand before the last one. */
  surplus: z.number().int(),
  updatedAt: Timestamp,
});
export type SelPosition = z.infer<typeof SelPosition>;
