import type { OutRecord } from '#shared/bus/port.ts';
import type { Digests } from './digests.ts';
import { fallbackOf, mostCopies } from './fallback.ts';
import type { FarSide } from './far-side.ts';
import type { Ledger } from './ledger.ts';
import type { LookAhead } from './look-ahead.ts';
import type { ChannelState } from './observer.ts';
import type { OperatorAlerts } from './operator.ts';
import type { DeliverOptions } from './options.ts';

export interface WatchParts {
  readonly queue: LookAhead;
  readonly digests: Digests;
  readonly ledger: Ledger;
  readonly farSide: FarSide;
  readonly alerts: OperatorAlerts;
}

/** Looks after a far side that does not take what it is sent: tells the operator, and lets other channels take over what waits. */
export class Watch {
  readonly #options: DeliverOptions;
  readonly #parts: WatchParts;
  #state: ChannelState['kind'] | undefined;

  constructor(options: DeliverOptions, parts: WatchParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** What follows from how the far side is now. */
  look(now: number): OutRecord[] {
    const { farSide, alerts } = this.#parts;
    const { name, observer } = this.#options;
    const state = farSide.state(now);
    if (state.kind !== this.#state) observer.channel(name, state);
    this.#state = state.kind;
    // One that is failing has not shown yet that it is well again.
    if (state.kind === 'well') return farSide.isTaking ? alerts.well(now) : [];
    if (state.kind !== 'down') return [];
    const since = state.since ?? now;
    const line = `failing since ${new Date(since).toISOString()}: ${state.error}`;
    return [...alerts.tell('down', line, since, now), ...this.#copies(now)];
  }

  /** Copies of what waits, for its next channels: the most severe first, and only so many at once. */
  #copies(now: number): OutRecord[] {
    const { queue, digests, ledger } = this.#parts;
    const copies: OutRecord[] = [];
    for (const waiting of [queue.unsent(), digests.members()])
      for (const entry of waiting) {
        if (entry.fellBackTo !== undefined || entry.fallback.length === 0) continue;
        if (copies.length >= mostCopies) return copies;
        const copy = fallbackOf(entry, now);
        if (copy === undefined) continue;
        entry.fellBackTo = copy.channel;
        this.#options.observer.fallback(this.#options.name, copy.channel);
        ledger.card(entry, 'retrying', now);
        copies.push(copy.record);
      }
    return copies;
  }
}
