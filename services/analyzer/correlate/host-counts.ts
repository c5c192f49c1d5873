import type { IncidentHost } from '#shared/model/index.ts';
import { HostSketch } from './host-sketch.ts';
import { iso, momentOf } from './iso.ts';
import type { HostLines } from './lines.ts';

/** Hosts kept by name in one incident. */
export const hostCap = 50;

interface Kept {
  count: number;
  /** Event time of its last line, and of the last line that said it was well again, in milliseconds since the epoch. */
  lastSeen: number | undefined;
  clearedAt: number | undefined;
}

/**
 * Which hosts an incident was seen on: the first `hostCap` by name with exact counts, the rest in a sketch; and which of them have
 * said since that they are well again.
 */
export class HostCounts {
  readonly #named = new Map<string, Kept>();
  #sketch: HostSketch | undefined;
  #estimate = 0;

  /** From what `list` and `sketch` gave. */
  static restore(hosts: readonly IncidentHost[], sketch: string | undefined): HostCounts {
    const restored = new HostCounts();
    for (const { name, count, lastSeen, clearedAt } of hosts)
      restored.#named.set(name, { count, lastSeen: momentOf(lastSeen), clearedAt: momentOf(clearedAt) });
    if (sketch !== undefined) {
      restored.#sketch = new HostSketch(sketch);
      restored.#estimate = restored.#sketch.estimate();
    }
    return restored;
  }

  add(hosts: readonly HostLines[]): void {
    let sketched = false;
    for (const { name, count, lastSeen } of hosts) {
      const known = this.#named.get(name);
      if (known !== undefined) {
        known.count += count;
        known.lastSeen = Math.max(known.lastSeen ?? lastSeen, lastSeen);
        continue;
      }
      if (this.#named.size < hostCap) {
        this.#named.set(name, { count, lastSeen, clearedAt: undefined });
        continue;
      }
      if (this.#sketch === undefined) {
        this.#sketch = new HostSketch();
        for (const named of this.#named.keys()) this.#sketch.add(named);
      }
      this.#sketch.add(name);
      sketched = true;
    }
    if (sketched && this.#sketch !== undefined) this.#estimate = this.#sketch.estimate();
  }

  /** The host said at this moment of event time that it was well. True where that is news of a host known by name. */
  clear(name: string, at: number): boolean {
    const known = this.#named.get(name);
    // Many services say every few seconds that they are well.
    if (known === undefined || isClear(known) || (known.clearedAt ?? at - 1) >= at) return false;
    known.clearedAt = at;
    return true;
  }

  /** When the host said last that it was well. */
  clearedAt(name: string): number | undefined {
    return this.#named.get(name)?.clearedAt;
  }

  /** True where every host has said since its last line that it is well; never at the cap, where not all are known by name. */
  get areAllClear(): boolean {
    return this.#named.size < hostCap && [...this.#named.values()].every(isClear);
  }

  /** Distinct hosts: exact up to the cap, an estimate (about 3% off) beyond it. */
  get size(): number {
    // A sketch exists only where a host beyond the cap was seen.
    return this.#sketch === undefined ? this.#named.size : Math.max(hostCap + 1, this.#estimate);
  }

  get names(): string[] {
    return [...this.#named.keys()];
  }

  /** Most frequent first; hosts of the same count by name. */
  list(): IncidentHost[] {
    return [...this.#named]
      .map(([name, { count, lastSeen, clearedAt }]) => ({
        name,
        count,
        ...(lastSeen !== undefined && { lastSeen: iso(lastSeen) }),
        ...(clearedAt !== undefined && { clearedAt: iso(clearedAt) }),
      }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  sketch(): string | undefined {
    return this.#sketch?.serialize();
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let bytes = this.#sketch === undefined ? 0 : 1200;
    for (const name of this.#named.keys()) bytes += 2 * name.length + 128;
    return bytes;
  }
}

/** In the same millisecond nobody knows which was first, and a failure must not be taken for mended. */
function isClear({ lastSeen, clearedAt }: Kept): boolean {
  return clearedAt !== undefined && lastSeen !== undefined && clearedAt > lastSeen;
}
