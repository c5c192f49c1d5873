import { z } from 'zod';

/** When something was so: its place in the event log, and the time. */
export const Mark = z.object({
  /** Of the event log: it goes up with each clear. */
  generation: z.number().int(),
  /** Absent in what the shipper tells. */
  record: z.number().int().optional(),
  /** Event time, and when it arrived on the bus, in milliseconds since the epoch. */
  at: z.number().int(),
  arrivedAt: z.number().int(),
});
export type Mark = z.infer<typeof Mark>;

const idSpace = 0x1_0000;

/** Where one came so much later than the other, in milliseconds, it is the later one whatever its generation. */
const longAfter = 10 * 60_000;

/**
 * How two events of one event log follow each other: negative where `a` was first. Records are numbered in order, and the numbers
 * begin anew behind the last; the BMC's clock, which may be set between two events, tells only where there are none. Generations
 * are counted anew where the place to read on from was lost.
 */
function compareMarks(a: Mark, b: Mark): number {
  if (a.generation !== b.generation) {
    const apart = a.arrivedAt - b.arrivedAt;
    return Math.abs(apart) > longAfter ? apart : a.generation - b.generation;
  }
  if (a.record === undefined || b.record === undefined) return a.at - b.at;
  const ahead = (a.record - b.record + idSpace) % idSpace;
  return ahead < idSpace / 2 ? ahead : ahead - idSpace;
}

export function isLater(a: Mark, b: Mark | undefined): boolean {
  return b === undefined || compareMarks(a, b) > 0;
}
