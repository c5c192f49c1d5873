import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openStoreForReading } from '#shared/lifecycle/index.ts';
import { type Reading, SelEvent, type ServerStatus } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';

/** The trend of a sensor: so many means over so long. */
export const trendHours = 6;
export const trendColumns = 24;
const hourMs = 3_600_000;
/** A view waits no longer for its history. */
const patienceMs = 3000;
/** Questions at once: each sensor is one. */
const atOnce = 8;

/** Means of the last hours by sensor, the oldest first. */
export type Trends = ReadonlyMap<string, readonly (number | undefined)[]>;

/** What is stored of servers, for looking at: nothing where there is no store yet or it does not answer, for a view is worth something without. */
export class Stored {
  readonly #store: StoreReader | undefined;

  constructor(store: StoreReader | undefined) {
    this.#store = store;
  }

  /** The newest events of a host's log, the newest first. */
  async events(host: string, limit: number): Promise<SelEvent[]> {
    if (limit === 0) return [];
    return this.#ask([], async (store, signal) => {
      const filter = { type: 'ipmi', host };
      const newest = await store.searchLogs({ ...filter, limit, order: 'newest', signal });
      const times = newest.map(({ timestamp }) => Date.parse(timestamp));
      if (times.length === 0) return [];
      const events: SelEvent[] = [];
      for await (const page of store.scanLogs({ ...filter, from: Math.min(...times), signal }))
        for (const { json } of page) {
          const read = SelEvent.safeParse(JSON.parse(json));
          if (read.success) events.push(read.data);
        }
      return newestFirst(events).slice(0, limit);
    });
  }

  /** How the readings of these sensors went. */
  async trends(readings: readonly Reading[], now: number): Promise<Trends> {
    const measured = readings.filter(
      ({ value, sensorKind }) => value !== undefined && sensorKind !== 'state',
    );
    return this.#ask(new Map(), async (store, signal) => {
      const atOnceOnly = pLimit(atOnce);
      const slices = await Promise.all(
        measured.map(({ server, sensor }) =>
          atOnceOnly(async () => {
            const span = { from: now - trendHours * hourMs, to: now + 1 };
            const parts = await store.readingsOverTime(
              { source: 'ipmi', server, sensor, ...span, signal },
              trendColumns,
            );
            return [sensor, parts.map(({ mean }) => mean)] as const;
          }),
        ),
      );
      // One reading is no trend.
      return new Map(slices.filter(([, means]) => means.filter((mean) => mean !== undefined).length > 1));
    });
  }

  async statuses(limit: number): Promise<ServerStatus[]> {
    return this.#ask([], (store, signal) => store.serverStatuses({ limit, signal }));
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #ask<T>(none: T, question: (store: StoreReader, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#store === undefined) return none;
    const signal = AbortSignal.timeout(patienceMs);
    try {
      return await question(this.#store, signal);
    } catch (error) {
      if (signal.aborted || error instanceof LogpatrolError) return none;
      throw error;
    }
  }
}

/** Opens the store for looking things up, where there is one. */
export async function openStored(config: Config, logger: Logger): Promise<Stored> {
  try {
    return new Stored(await openStoreForReading(config, { logger }));
  } catch (error) {
    if (error instanceof LogpatrolError) return new Stored(undefined);
    throw error;
  }
}

export function newestFirst(events: readonly SelEvent[]): SelEvent[] {
  const recordOf = ({ ipmi }: SelEvent): number => ipmi.record_id ?? 0;
  return [...events].sort(
    (a, b) =>
      Date.parse(b['@timestamp']) - Date.parse(a['@timestamp']) ||
      b.ipmi.generation - a.ipmi.generation ||
      recordOf(b) - recordOf(a),
  );
}
