import { BmcTrouble, type Session } from '../inspection.ts';
import type { DecodedEvent } from './decode.ts';
import type { EventTime } from './times.ts';

/** What a threshold event was about, in the sensor's unit. */
export interface Trigger {
  readonly reading?: number;
  readonly threshold?: number;
  readonly unit?: string;
}

/** Each costs a command of its own, so only of events that somebody will look at now: the newest ones. */
const mostAsked = 16;
const recentMs = 60 * 60 * 1000;

/** Event data 1 says so where event data 2 holds the reading, and 3 the threshold: IPMI 2.0, table 29-6. */
const readingAndThreshold = 0x50;

/** Reading and threshold of recent threshold events, by record id. Equal events of a sensor are asked once. */
export async function triggersOf(
  session: Session,
  events: readonly { readonly id: number; readonly decoded: DecodedEvent; readonly time: EventTime }[],
  now: number,
): Promise<{ triggers: Map<number, Trigger>; trouble: BmcTrouble | undefined }> {
  const triggers = new Map<number, Trigger>();
  const asked = new Map<string, Trigger>();
  const recent = events.filter(({ decoded, time }) => isAsked(decoded) && now - time.at < recentMs);
  try {
    for (const { id, decoded } of recent.reverse()) {
      const same = decoded.bytes.toString('hex', 7);
      const known = asked.get(same);
      if (known === undefined && asked.size >= mostAsked) continue;
      const trigger = known ?? (await session.trigger(id));
      asked.set(same, trigger);
      triggers.set(id, trigger);
    }
  } catch (error) {
    if (!(error instanceof BmcTrouble)) throw error;
    return { triggers, trouble: error };
  }
  return { triggers, trouble: undefined };
}

function isAsked({ class: eventClass, record, sensor }: DecodedEvent): boolean {
  if (eventClass !== 'threshold' || record.kind !== 'system' || sensor?.name === undefined) return false;
  return ((record.data[0] ?? 0) & readingAndThreshold) !== 0;
}
