import { z } from 'zod';

/**
 * What a Delivery's record carries in a header besides the Delivery: the part of the sender's memory that must survive it. With
 * `covers` a successor knows which of what it restores is behind it, however long the topic is kept.
 */
const Schedule = z.object({
  /** Where the message stands in the outbox. */
  offset: z.int().nonnegative(),
  /** The outbox offset committed in the same transaction. */
  covers: z.int().nonnegative(),
  /** The message waits until then, and the whole channel until then; milliseconds since the epoch, 0 for no wait. */
  notBefore: z.number(),
  channelNotBefore: z.number(),
  /** Failures of cause `unknown` so far. */
  unknownFailures: z.int().nonnegative(),
});
export type Schedule = z.infer<typeof Schedule>;

const header = 'logpatrol-schedule';

export function scheduleHeaders(schedule: Schedule): Record<string, string> {
  return { [header]: JSON.stringify(schedule) };
}

/** The schedule of a record, `undefined` where it has none that can be read: its message is then sent as if it were new. */
export function scheduleOf(headers: Readonly<Record<string, string>>): Schedule | undefined {
  try {
    return Schedule.safeParse(JSON.parse(headers[header] ?? 'null')).data;
  } catch {
    return undefined;
  }
}
