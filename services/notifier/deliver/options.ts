import type { Language } from '../cards/index.ts';
import type { Channel } from '../channels/index.ts';
import type { DeliverObserver } from './observer.ts';

export const deliverStageName = 'deliver';

export interface DeliverOptions {
  readonly name: string;
  readonly channel: Channel;
  readonly language: Language;
  /** Failing for so many milliseconds, the channel is down: its fallback channels take over. */
  readonly downAfterMs: number;
  /** The channel that hears of the trouble of this one. */
  readonly operator?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly observer: DeliverObserver;
  /** The look-ahead is read up to so many bytes. */
  readonly maxBytes?: number;
}
