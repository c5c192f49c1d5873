import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { messageOf } from '#shared/errors/index.ts';
import { type MachineState, Metric, MetricSource } from '#shared/model/index.ts';
import { normalHost } from '#shared/text/host-name.ts';
import { Machine } from './machine.ts';

export interface MachineBoardOptions {
  readonly bus: Pick<Bus, 'read' | 'committed'>;
  readonly logger: Logger;
  /** Of memory, about; what has not been heard of for the longest is forgotten first. */
  readonly megabytes: number;
  /** Between two looks at the topics, in milliseconds. Default: 2 s. */
  readonly pollMs?: number;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** What the sensors of machines say now, as findings show it. */
export interface MachineBoard {
  /** The machines of these hosts that are known, `about`'s sensor first. Never waits. */
  of(hosts: readonly string[], about?: string): MachineState[];
  /** When all readings are known that were published before the call, or the bus is away. */
  refresh(): Promise<void>;
  /** Looks no more. */
  close(): void;
}

/**
 * Follows `metrics.*` from about where they end now. It is a help to those who read a finding and nothing is decided by it: where the
 * bus is away it goes on with what it has.
 */
export function openMachineBoard(options: MachineBoardOptions): MachineBoard {
  return new FollowedBoard(options);
}

class FollowedBoard implements MachineBoard {
  readonly #options: MachineBoardOptions;
  readonly #machines: LRUCache<string, Machine>;
  readonly #next = new Map<MetricSource, Map<number, number>>();
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isAway = false;

  constructor(options: MachineBoardOptions) {
    this.#options = options;
    this.#machines = new LRUCache({
      maxSize: options.megabytes * 1024 * 1024,
      sizeCalculation: (machine) => machine.bytes,
    });
    void this.#follow();
  }

  of(hosts: readonly string[], about?: string): MachineState[] {
    const now = (this.#options.clock ?? Date.now)();
    return hosts.flatMap((host) => this.#machines.get(normalHost(host))?.state(now, about) ?? []);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  refresh(): Promise<void> {
    // The look that goes on may have missed what came since; one more is enough for all who ask meanwhile.
    this.#nextLook ??= this.#looking.then(() => {
      this.#nextLook = undefined;
      this.#looking = this.#look();
      return this.#looking;
    });
    return this.#nextLook;
  }

  async #follow(): Promise<void> {
    await this.refresh();
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#follow(), this.#options.pollMs ?? 2000);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      for (const source of MetricSource.options) await this.#read(source);
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway && !this.#isClosed)
        this.#options.logger.warn(`findings do without new readings of sensors: ${messageOf(error)}`);
      this.#isAway = true;
    }
  }

  async #read(source: MetricSource): Promise<void> {
    const { bus } = this.#options;
    const input = topic.metrics(source);
    const next = this.#next.get(source) ?? new Map(await bus.committed(`indexer-${input}`, input));
    this.#next.set(source, next);
    for await (const { partition, offset, value } of bus.read(input, { from: next })) {
      if (this.#isClosed) return;
      next.set(partition, offset + 1);
      // One that cannot be read is the indexer's to tell of.
      const read = readValue(Metric, value);
      if (read.ok) this.#take(read.value);
    }
  }

  #take(metric: Metric): void {
    const key = normalHost(metric.host);
    const machine = this.#machines.get(key) ?? new Machine();
    if (metric.kind === 'reading') machine.take(metric);
    else machine.status(metric);
    this.#machines.set(key, machine);
  }
}
