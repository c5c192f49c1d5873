import type { Bus } from '#shared/bus/port.ts';

/** What a group has still to read of its input. */
export interface Unread {
  /** Records, the marks of transactions counted in. */
  readonly records: number;
  /** When the oldest of them was written, in milliseconds since the epoch. */
  readonly since: number;
}

/**
 * What the group has committed no offset for; `undefined` where it is done with everything. Marks of transactions that stand alone at
 * the end are nothing to read.
 *
 * @throws LogpatrolError `unreachable` where the bus does not answer or does not let us look
 */
export async function unreadOf(bus: Bus, group: string, input: string): Promise<Unread | undefined> {
  const [ends, committed] = await Promise.all([bus.ends(input), bus.committed(group, input)]);
  let records = 0;
  let since = Number.POSITIVE_INFINITY;
  for (const [partition, end] of ends) {
    const from = committed.get(partition) ?? 0;
    if (end <= from) continue;
    for await (const record of bus.read(input, { partition, from: new Map([[partition, from]]) })) {
      records += end - record.offset;
      since = Math.min(since, record.timestamp);
      break;
    }
  }
  return records === 0 ? undefined : { records, since };
}
