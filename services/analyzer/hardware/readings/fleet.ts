import type { Clear, Hit, Metric } from '#shared/model/index.ts';
import { Machine, type MachineOptions, type MachineRecord } from './machine.ts';

const dayMs = 24 * 60 * 60_000;
/** A machine of which nothing has been heard for so long was taken off the list: its findings are no longer told, and end as quiet. */
const goneMs = dayMs;
/** And for so long: forgotten with its history. */
const forgottenMs = 30 * dayMs;

/** How large the state is. */
export interface FleetSize {
  readonly machines: number;
  readonly sensors: number;
  readonly findings: number;
  readonly bytes: number;
  /** Machines given up because memory reached its bound, since this fleet was made. */
  readonly evicted: number;
}

/** The machines of one partition. What is to be published is asked for; the clock is passed in, in milliseconds since the epoch. */
export class Fleet {
  readonly #options: MachineOptions;
  readonly #maxBytes: number;
  /** By server, the one heard of longest ago first. */
  readonly #machines = new Map<string, Machine>();
  readonly #bytes = new Map<string, number>();
  #totalBytes = 0;
  #evicted = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#maxBytes = options.config.hardware.megabytes * 1024 * 1024;
  }

  /** What follows from a record; undefined where the state has it already. */
  take(metric: Metric, offset: number, arrivedAt: number): (Hit | Clear)[] | undefined {
    const { server } = metric;
    const known = this.#machines.get(server);
    if (known?.has(offset, metric, arrivedAt)) return undefined;
    const machine = known ?? new Machine(server, this.#options);
    const told = machine.take(metric, offset, arrivedAt);
    this.#put(machine);
    return told;
  }

  /** Servers with findings that have not been told for so long, and these. @param caughtUp nothing newer waits on the partition */
  due(now: number, everyMs: number, caughtUp: boolean): Map<string, Hit[]> {
    const due = new Map<string, Hit[]>();
    for (const machine of this.#machines.values()) {
      if (machine.openFindings === 0 || (caughtUp && now - machine.heardAt > goneMs)) continue;
      const hits = machine.due(now, everyMs);
      if (hits.length > 0) due.set(machine.server, hits);
    }
    return due;
  }

  /** Gives up what has not been heard of for a month, and the oldest beyond the bound of memory. Their servers are to be ended with tombstones. */
  forget(now: number, caughtUp: boolean): { readonly old: string[]; readonly evicted: string[] } {
    const old: string[] = [];
    const evicted: string[] = [];
    for (const { server, heardAt } of this.#machines.values()) {
      if (!caughtUp || now - heardAt <= forgottenMs) break;
      this.drop(server);
      old.push(server);
    }
    for (const server of this.#machines.keys()) {
      if (this.#totalBytes <= this.#maxBytes || this.#machines.size <= 1) break;
      this.drop(server);
      evicted.push(server);
    }
    this.#evicted += evicted.length;
    return { old, evicted };
  }

  record(server: string): MachineRecord | undefined {
    return this.#machines.get(server)?.record();
  }

  restore(record: MachineRecord): void {
    this.#put(Machine.restore(record, this.#options));
  }

  /** Takes back what was restored, for a tombstone was read. */
  drop(server: string): void {
    this.#machines.delete(server);
    this.#totalBytes -= this.#bytes.get(server) ?? 0;
    this.#bytes.delete(server);
  }

  size(): FleetSize {
    let [sensors, findings] = [0, 0];
    for (const machine of this.#machines.values()) {
      sensors += machine.sensors;
      findings += machine.openFindings;
    }
    return {
      ...{ machines: this.#machines.size, sensors, findings },
      ...{ bytes: this.#totalBytes, evicted: this.#evicted },
    };
  }

  #put(machine: Machine): void {
    this.#machines.delete(machine.server);
    this.#machines.set(machine.server, machine);
    const { bytes } = machine;
    this.#totalBytes += bytes - (this.#bytes.get(machine.server) ?? 0);
    this.#bytes.set(machine.server, bytes);
  }
}
