import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** Where a tailed file has been read to, on the compacted topic `positions`. Key: `source`. */
export const Position = z.object({
  /** `tail:<host>:<file identity>`. */
  source: z.string(),
  path: z.string(),
  /** What tells this file from another that later has its name or its inode: device, inode, and a hash of its first bytes. */
  identity: z.object({
    device: z.string(),
    inode: z.string(),
    head: z.string(),
    headLength: z.number().int().nonnegative(),
    /**
     * Tells the contents that a file has had one after another (copytruncate, an inode used again): when it was first seen
     * to have these, in base 36. It goes into the event as `log.file.fingerprint`, and so into the ids of its lines.
     */
    generation: z.string(),
  }),
  /** Bytes published so far; the next byte to read. */
  offset: z.number().int().nonnegative(),
  updatedAt: Timestamp,
});
export type Position = z.infer<typeof Position>;
