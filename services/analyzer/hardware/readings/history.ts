import { z } from 'zod';
import { median } from './robust.ts';
import { Slots } from './slots.ts';

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const quarterMs = 15 * minuteMs;
/** Two weeks of hours, so that every hour of the week is there twice; a day of quarters. */
const hoursKept = 14 * 24;
const quartersKept = 24 * 4;
/** Readings of one quarter that are kept; beyond it every other one is taken out. */
const readingsKept = 64;

const SlotsRecord = z.object({ newest: z.number().int(), values: z.string() });

/** As it is in a state record. */
export const HistoryRecord = z.object({
  hours: SlotsRecord.optional(),
  quarters: SlotsRecord.optional(),
  /** Readings of the quarter that is going on. */
  open: z
    .object({
      at: z.number().int(),
      values: z.array(z.number()),
      every: z.number().int(),
      seen: z.number().int(),
    })
    .optional(),
});
export type HistoryRecord = z.infer<typeof HistoryRecord>;

/** What `add` ended: starts of the parts of time that are complete now. */
export interface Closed {
  readonly quarter?: number;
  readonly hour?: number;
}

/**
 * What one sensor has read: the median of each quarter of an hour of the last day, and of each hour of two weeks. A single reading
 * that is off is no trace in either. Moments are milliseconds since the epoch.
 */
export class History {
  readonly hours = new Slots(hourMs, hoursKept);
  readonly quarters = new Slots(quarterMs, quartersKept);
  #open: { at: number; values: number[]; every: number; seen: number } | undefined;

  /** Readings come in order of time; one of a quarter that is over is passed over. */
  add(at: number, value: number): Closed {
    const start = at - (at % quarterMs);
    const open = this.#open;
    if (open !== undefined && start < open.at) return {};
    if (open !== undefined && start === open.at) {
      open.seen += 1;
      if (open.seen % open.every !== 0) return {};
      open.values.push(value);
      if (open.values.length > readingsKept) {
        open.values = open.values.filter((_, index) => index % 2 === 0);
        open.every *= 2;
      }
      return {};
    }
    const closed = open === undefined ? {} : this.#close(open, start);
    this.#open = { at: start, values: [value], every: 1, seen: 0 };
    return closed;
  }

  #close(open: { at: number; values: number[] }, next: number): Closed {
    this.quarters.put(open.at, median(open.values));
    const hour = open.at - (open.at % hourMs);
    if (next < hour + hourMs) return { quarter: open.at };
    this.hours.put(hour, median(this.quarters.between(hour, hour + hourMs).map(({ value }) => value)));
    return { quarter: open.at, hour };
  }

  snapshot(): HistoryRecord {
    const [hours, quarters] = [this.hours.snapshot(), this.quarters.snapshot()];
    const open = this.#open;
    return {
      ...(hours && { hours }),
      ...(quarters && { quarters }),
      ...(open && { open: { ...open, values: [...open.values] } }),
    };
  }

  static restore({ hours, quarters, open }: HistoryRecord): History {
    const history = new History();
    if (hours) history.hours.restore(hours);
    if (quarters) history.quarters.restore(quarters);
    if (open) history.#open = { ...open, values: [...open.values] };
    return history;
  }

  /** An upper bound of its bytes in memory. */
  static readonly bytes = 4 * (hoursKept + quartersKept) + 8 * readingsKept + 600;
}
