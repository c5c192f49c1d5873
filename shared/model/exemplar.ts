import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** One log line kept as evidence. `id` is the line's document id in the store, so that a reader can find it there. */
export const Exemplar = z.object({
  id: z.string(),
  timestamp: Timestamp,
  host: z.string(),
  file: z.string().optional(),
  /** Byte offset of the line in its file, where the shipper gives it. */
  offset: z.number().int().nonnegative().optional(),
  /** The line, cut to a few KB of characters. Hostile text. */
  text: z.string(),
  /** The lines that stood before it in the same batch from the same source, oldest first. Hostile text. */
  before: z.array(z.string()),
});
export type Exemplar = z.infer<typeof Exemplar>;

/** How many of a thing came from one host. */
export const HostCount = z.object({
  name: z.string(),
  count: z.number().int().positive(),
  /** Event time of the last of them, where it is known of this host alone. */
  lastSeen: Timestamp.optional(),
});
export type HostCount = z.infer<typeof HostCount>;
