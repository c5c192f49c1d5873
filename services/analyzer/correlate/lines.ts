import type { Exemplar, Hit } from '#shared/model/index.ts';
import type { Span } from './line-series.ts';

/** A host's lines. Moments are milliseconds since the epoch. */
export interface HostLines {
  readonly name: string;
  readonly count: number;
  /** Event time of its last line. */
  readonly lastSeen: number;
}

/** Some lines of one failure, to be counted. Moments are milliseconds since the epoch. */
export interface Lines {
  readonly count: number;
  readonly hosts: readonly HostLines[];
  /** Event time of the first and the last. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** When the first and the newest of them arrived on the bus. */
  readonly firstArrivedAt: number;
  readonly lastArrivedAt: number;
  /** All of them were old when they were read. */
  readonly old: boolean;
  readonly exemplars: readonly Exemplar[];
  /** How they are spread over that time, where it is known; else evenly. Their counts are all of them. */
  readonly spans?: readonly Span[];
}

/** All the lines of a hit. */
export function linesOf(hit: Hit, old: boolean): Lines {
  const arrivedAt = Date.parse(hit.arrivedAt);
  return {
    count: hit.count,
    hosts: hostLinesOf(hit),
    firstSeen: Date.parse(hit.firstSeen),
    lastSeen: Date.parse(hit.lastSeen),
    firstArrivedAt: arrivedAt,
    lastArrivedAt: arrivedAt,
    old,
    exemplars: hit.exemplars,
  };
}

/** Where a host's own last line is not known, the last of all is taken for it. */
export function hostLinesOf(hit: Hit): HostLines[] {
  return hit.hosts.map(({ name, count, lastSeen }) => ({
    name,
    count,
    lastSeen: Date.parse(lastSeen ?? hit.lastSeen),
  }));
}
