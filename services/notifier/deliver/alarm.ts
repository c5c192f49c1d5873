import { setTimeout as delay } from 'node:timers/promises';
import type { Effect } from '#shared/bus/port.ts';
import type { DeliverOutcome } from './sending.ts';

/** The bus ticks once a second; a shorter wait has its own alarm. */
const tickMs = 1000;

/** Wakes the stage before the next tick. */
export class Alarm {
  #at = Number.POSITIVE_INFINITY;

  /** It has gone off. */
  rang(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** The effect that wakes at that time; `undefined` where a tick does, or an earlier alarm. */
  set(time: number, now: number): Effect<DeliverOutcome> | undefined {
    const wait = time - now;
    if (wait >= tickMs || time >= this.#at) return undefined;
    this.#at = time;
    return async (signal) => {
      // Aborted: the partition is lost, and nobody listens any more.
      await delay(Math.max(0, wait), undefined, { signal }).catch(() => undefined);
      return { kind: 'awake' };
    };
  }
}
