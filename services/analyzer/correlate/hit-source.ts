import type { BusRecord, OutRecord } from '#shared/bus/port.ts';
import type { Clear, Hit, Signal, TemplateLabel } from '#shared/model/index.ts';
import type { IncidentFacts } from './surroundings.ts';

/**
 * What makes hits (and their clears) of other things than single lines, such as rates, within the transactions of correlation.
 * One belongs to one partition; its calls never overlap. Moments are milliseconds since the epoch.
 */
export interface HitSource {
  /** Takes in one record of a state topic that the stage was told of; others are to be passed over. */
  restore(record: BusRecord): void;
  /** Looks at a signal, in order, before it is folded. What is given is folded right after it. */
  take(signal: Signal, now: number): readonly (Hit | Clear)[];
  /** Once a second. `caughtUp`: nothing newer waits on the partition. */
  tick(now: number, caughtUp: boolean): readonly (Hit | Clear)[];
  /** The template of a hit that has none. */
  label?(hit: Hit): TemplateLabel | undefined;
  /** Whether such an incident occurs as often in the logs that were learned as good. */
  isKnownGood?(facts: IncidentFacts): boolean;
  /** What it must remember and has not given out yet: published together with the incidents and the offset that they cover. */
  records(now: number): readonly OutRecord[];
}

/** Makes the source of one partition. */
export interface HitSourceKind {
  /** Compacted topics read whole at a takeover. */
  readonly state: readonly string[];
  open(partition: number, domain: string): HitSource;
}
