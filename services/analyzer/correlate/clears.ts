import type { Clear, Exemplar } from '#shared/model/index.ts';

/** Moments remembered in all; beyond it the hosts that were heard of first are forgotten. */
const rememberedCap = 5000;
/** Moments remembered of one host and rule. */
const perHostCap = 16;
/** Characters kept of a line that clears. */
const textCap = 500;

/** One host's word that it is well. */
export interface HostClear {
  /** Event time in milliseconds since the epoch. */
  readonly at: number;
  readonly captures: Clear['captures'];
  readonly line: Exemplar;
}

/** What a clear must fit. */
interface Subject {
  readonly rule: string;
  readonly service: string;
  readonly captures?: Readonly<Record<string, string>> | undefined;
}

/** True where a clear that carries these captures concerns an incident with those. */
export function concerns(clear: Clear['captures'], captures: Subject['captures']): boolean {
  return Object.entries(clear ?? {}).every(([name, value]) => captures?.[name] === value);
}

/**
 * The clears of late: a line and the one that clears it may come through different members of detection, in either order. Kept in
 * memory only; where a takeover comes between the two, and they in the wrong order, the clear is not heard.
 */
export class RecentClears {
  readonly #byHost = new Map<string, HostClear[]>();
  /** Rules of which something has ever been heard; few have anything that ends them. */
  readonly #rules = new Set<string>();
  #size = 0;

  remember({ rule, service, purpose, hosts, captures, exemplar }: Clear): void {
    this.#rules.add(rule);
    const line = { ...exemplar, text: exemplar.text.slice(0, textCap), before: [] };
    for (const { name, lastSeen } of hosts) {
      const key = keyOf(rule, service, purpose, name);
      const known = this.#byHost.get(key) ?? [];
      this.#byHost.delete(key);
      const kept = [...known, { at: Date.parse(lastSeen), captures, line }].slice(-perHostCap);
      this.#byHost.set(key, kept);
      this.#size += kept.length - known.length;
    }
    for (const [key, moments] of this.#byHost) {
      if (this.#size <= rememberedCap) return;
      this.#byHost.delete(key);
      this.#size -= moments.length;
    }
  }

  /** What the host has said for this purpose, oldest first as it was heard. */
  of({ rule, service, captures }: Subject, purpose: Clear['purpose'], host: string): HostClear[] {
    if (!this.#rules.has(rule)) return [];
    const known = this.#byHost.get(keyOf(rule, service, purpose, host)) ?? [];
    return known.filter((one) => concerns(one.captures, captures));
  }

  /** The newest of them. */
  lastOf(subject: Subject, purpose: Clear['purpose'], host: string): HostClear | undefined {
    return this.of(subject, purpose, host).reduce<HostClear | undefined>(
      (last, one) => (last === undefined || one.at > last.at ? one : last),
      undefined,
    );
  }
}

function keyOf(rule: string, service: string, purpose: Clear['purpose'], host: string): string {
  return JSON.stringify([rule, service, purpose, host]);
}
