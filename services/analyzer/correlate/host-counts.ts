import type { HostCount } from '#shared/model/index.ts';
import { HostSketch } from './host-sketch.ts';

/** Hosts kept by name in one incident. */
export const hostCap = 50;

/** Which hosts an incident was seen on: the first `hostCap` by name with exact counts, the rest in a sketch. */
export class HostCounts {
  readonly #named = new Map<string, number>();
  #sketch: HostSketch | undefined;
  #estimate = 0;

  /** From what `list` and `sketch` gave. */
  static restore(hosts: readonly HostCount[], sketch: string | undefined): HostCounts {
    const restored = new HostCounts();
    for (const host of hosts) restored.#named.set(host.name, host.count);
    if (sketch !== undefined) {
      restored.#sketch = new HostSketch(sketch);
      restored.#estimate = restored.#sketch.estimate();
    }
    return restored;
  }

  add(hosts: readonly HostCount[]): void {
    let sketched = false;
    for (const { name, count } of hosts) {
      const before = this.#named.get(name);
      if (before !== undefined) {
        this.#named.set(name, before + count);
        continue;
      }
      if (this.#named.size < hostCap) {
        this.#named.set(name, count);
        continue;
      }
      if (this.#sketch === undefined) {
        this.#sketch = new HostSketch();
        for (const known of this.#named.keys()) this.#sketch.add(known);
      }
      this.#sketch.add(name);
      sketched = true;
    }
    if (sketched && this.#sketch !== undefined) this.#estimate = this.#sketch.estimate();
  }

  /** Distinct hosts: exact up to the cap, an estimate (about 3% off) beyond it. */
  get size(): number {
    // A sketch exists only where a host beyond the cap was seen.
    return this.#sketch === undefined ? this.#named.size : Math.max(hostCap + 1, this.#estimate);
  }

  /** Most frequent first; hosts of the same count by name. */
  list(): HostCount[] {
    return [...this.#named]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  sketch(): string | undefined {
    return this.#sketch?.serialize();
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let bytes = this.#sketch === undefined ? 0 : 1200;
    for (const name of this.#named.keys()) bytes += 2 * name.length + 64;
    return bytes;
  }
}
