import type { Severity } from '#shared/model/index.ts';

/** What one offset of an event type says. */
export interface EventState {
  /** As ipmitool prints it, where it prints something. */
  readonly words: string;
  /** How bad it is that it is so. */
  readonly asserted: Severity;
  /** How bad it is that it is so no more: mostly good news. */
  readonly deasserted: Severity;
  /** Sensor types that it is worse or better for than for others. */
  readonly bySensorType?: ReadonlyMap<number, Severity>;
  /** What it is in place of this, by event data 2, where the record says that this byte tells more. */
  readonly byData2?: ReadonlyMap<number, EventState>;
}

/** A state that nobody needs to look at. */
export function info(words: string, more: Partial<EventState> = {}): EventState {
  return { words, asserted: 'info', deasserted: 'info', ...more };
}

/** Redundancy, reserves or data that can be had again are lost, or a part is about to fail. */
export function warning(words: string, more: Partial<EventState> = {}): EventState {
  return { words, asserted: 'warning', deasserted: 'info', ...more };
}

/** A part has failed, data are lost, or the machine has stopped. */
export function critical(words: string, more: Partial<EventState> = {}): EventState {
  return { words, asserted: 'critical', deasserted: 'info', ...more };
}

/** A part that belongs there: good where it is there, a warning where it went away. */
export function presence(words: string): EventState {
  return { words, asserted: 'info', deasserted: 'warning' };
}
