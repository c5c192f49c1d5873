import type { Muted } from '#shared/model/index.ts';

/** What others judge an incident by. */
export interface IncidentFacts {
  /** Its id, and how often it has been opened. */
  readonly incident?: string;
  readonly opening?: number;
  readonly fingerprint: string;
  /** Id of its template, where it has one. */
  readonly template?: string;
  /** Ids of the templates that became it: what was said of them holds for it. */
  readonly formerTemplates?: readonly string[];
  /** Its lines so far. */
  readonly count?: number;
  readonly rule: string;
  readonly service: string;
  readonly type: string;
  /** Names of its hosts; beyond 50 not all of them. */
  readonly hosts: readonly string[];
  readonly pinned: boolean;
}

/**
 * Why nobody is to be told of such an incident at this moment (milliseconds since the epoch); undefined where people are. Asked
 * again on every tick, so that it may follow controls that come and go and windows that begin and end.
 */
export type Judge = (facts: IncidentFacts, now: number) => Muted | undefined;

/** Which services need which. It may change at run time. */
export interface Topology {
  /** Every service that this one needs, directly or through others; itself not among them. */
  dependenciesOf(service: string): ReadonlySet<string>;
}

/** Whether such an incident occurs as often in the logs that were learned as good. */
export type KnownGood = (facts: IncidentFacts) => boolean;

/** What the life of incidents depends on and correlation does not know of itself; each may be absent. */
export interface Surroundings {
  readonly judge?: Judge;
  readonly topology?: Topology;
  readonly isKnownGood?: KnownGood;
}
