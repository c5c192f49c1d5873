import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Inspection } from '#services/ipmi/inspect.ts';
import { serverOf } from '#services/ipmi/poll/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { type Metric, type SelEvent, SelPosition } from '#shared/model/index.ts';
import type { LogDocument } from '#shared/store/port.ts';
import { logId } from '#shared/text/log-id.ts';
import { withBus } from '../with-bus.ts';

/** What was seen of one server at one moment. */
export interface Seen {
  readonly inspection: Inspection;
  readonly metrics: readonly Metric[];
  /** Whether the list names it. */
  readonly isListed: boolean;
}

/** Longest wait for the store and the bus: what was seen has been shown anyway. */
const patienceMs = 10_000;
/** So long a process that has the data folder is left alone. */
const leaveAloneMs = 60_000;

export interface KeeperOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told once what keeps it from keeping. */
  readonly warn: (why: string) => void;
}

/**
 * Keeps what `check` and `watch` see where nobody else does: in the embedded store, while no process has the data folder. New events of
 * servers on the list are published besides, together with how far their event log has been read, as the service does it: so
 * none is lost to it, and none is told twice. The folder is held for moments only, so that `logpatrol up` can start meanwhile.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #isMine: boolean;
  /** As they were read, and as they are after each of our own writes. */
  readonly #positions = new Map<string, SelPosition>();
  #leaveAloneUntil = 0;

  constructor(options: KeeperOptions) {
    const { kafka, elasticsearch } = options.config;
    this.#options = options;
    this.#isMine = kafka === undefined && elasticsearch === undefined;
  }

  /** Whether what is seen can be kept here at the moment, as far as that was tried: else another process reads the event logs. */
  get isKeeping(): boolean {
    return this.#isMine && this.#options.clock() >= this.#leaveAloneUntil;
  }

  /** How far the event logs have been read, as far as that is known here. */
  position(server: string): SelPosition | undefined {
    return this.#positions.get(server);
  }

  /** Reads how far the event logs have been read. */
  async open(): Promise<void> {
    await this.#withFolder(async (bus) => {
      for (const [server, position] of await readPositions(bus)) this.#positions.set(server, position);
    });
  }

  /** Keeps what was seen; nothing where another process does. Never throws for what may pass. */
  async keep(seen: readonly Seen[]): Promise<void> {
    if (seen.length === 0) return;
    await this.#withFolder(async (bus) => {
      const { config, logger } = this.#options;
      const signal = AbortSignal.timeout(patienceMs);
      const store = await openStore(config, { logger });
      try {
        // The store first: what is not published then is read again, and stored once all the same.
        await store.setup();
        await store.saveLogs(
          seen.flatMap(({ inspection }) => inspection.events.map(documentOf)),
          { signal },
        );
        await store.saveMetrics(
          seen.flatMap(({ metrics }) => metrics),
          { signal },
        );
      } finally {
        await store.close();
      }
      if (config.routes.ipmi !== undefined) await this.#publish(bus, seen);
    });
  }

  async #publish(bus: Bus, seen: readonly Seen[]): Promise<void> {
    const known = await readPositions(bus);
    const mine = new Map(this.#positions);
    const records = seen.flatMap(({ inspection, isListed }) => {
      const { bmc, events, position } = inspection;
      // Somebody else has read on in the meantime, and has published what there was.
      const isOvertaken = known.get(bmc.name)?.updatedAt !== this.#positions.get(bmc.name)?.updatedAt;
      if (position === undefined || isOvertaken) return [];
      mine.set(bmc.name, position);
      return [
        // Nobody is told of a server that is on no list.
        ...(isListed ? events : []).map((event) => ({
          topic: topic.logs('ipmi'),
          key: bmc.hostName,
          value: JSON.stringify(event),
        })),
        { topic: topic.positions, key: position.source, value: JSON.stringify(position) },
      ];
    });
    if (records.length === 0) return;
    const writer = await bus.writer(`ipmi-${randomUUID()}`);
    // A full bus is not waited for: what was not published is read again.
    const timer = setTimeout(() => void writer.close(), patienceMs);
    try {
      await writer.write(records);
    } finally {
      clearTimeout(timer);
      await writer.close();
    }
    for (const [server, position] of mine) this.#positions.set(server, position);
  }

  async #withFolder(work: (bus: Bus) => Promise<void>): Promise<void> {
    const { config, clock, warn } = this.#options;
    if (!this.isKeeping) return;
    const topics = [topic.positions, ...(config.routes.ipmi === undefined ? [] : [topic.logs('ipmi')])];
    const there = async (): Promise<void> => {
      this.#leaveAloneUntil = clock() + leaveAloneMs;
    };
    try {
      await withBus(config, topics, { here: work, there });
    } catch (error) {
      if (!(error instanceof LogpatrolError)) throw error;
      this.#leaveAloneUntil = clock() + leaveAloneMs;
      warn(error.message);
    }
  }
}

async function readPositions(bus: Bus): Promise<Map<string, SelPosition>> {
  const positions = new Map<string, SelPosition>();
  for await (const { key, value } of bus.read(topic.positions)) {
    const server = serverOf(key?.toString('utf8') ?? '');
    if (server === undefined) continue;
    const read = readValue(SelPosition, value);
    if (read.ok) positions.set(server, read.value);
    else positions.delete(server);
  }
  return positions;
}

/** By the same id as the indexer gives it. */
function documentOf(event: SelEvent): LogDocument {
  const id = logId(event, { topic: topic.logs('ipmi'), partition: 0, offset: 0, value: null });
  return { id, type: 'ipmi', json: JSON.stringify(event) };
}
