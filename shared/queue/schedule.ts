import { z } from 'zod';

/**
 * What a Delivery's record carries in a header besides the Delivery: the part of the sender's memory that must survive it. With
 * `covers` a successor knows which of what it restores is behind it, however long the topic is kept.
 */
export const Schedule = z.object({
  /** Where the message stands in the outbox; of a digest, where its first message does. */
  offset: z.int().nonnegative(),
  /** The outbox offset committed in the same transaction. */
  covers: z.int().nonnegative(),
  /** The message waits until then, and the whole channel until then; milliseconds since the epoch, 0 for no wait. */
  notBefore: z.number(),
  channelNotBefore: z.number(),
  /** Failures of cause `unknown` so far. */
  unknownFailures: z.int().nonnegative(),
  /** When a call was made whose outcome is not known; milliseconds since the epoch. */
  uncertainSince: z.number().optional(),
  /** The far side has refused the card as it was: it goes plain. */
  plain: z.boolean().optional(),
  /** How many calls of the channel's budget it takes, where it is not one. */
  calls: z.int().positive().optional(),
  /** Of a digest: where the messages stand that it names. */
  members: z.array(z.int().nonnegative()).optional(),
  /** When the operator was told last, by cause; milliseconds since the epoch. */
  alerted: z.record(z.string(), z.number()).optional(),
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
