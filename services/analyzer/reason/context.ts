import type {
  Asset,
  Incident,
  MachineState,
  PastFinding,
  RelatedIncident,
  Severity,
} from '#shared/model/index.ts';
import type { RunbookHit } from '#shared/runbooks/port.ts';

/** A stored line of the same service and host, from about the same time. */
export interface SurroundingLine {
  /** The store's id of it. */
  readonly id: string;
  readonly timestamp: string;
  readonly host: string;
  readonly service: string;
  readonly text: string;
}

/** Another incident that is open at the same time on one of the hosts, or in the same service. */
export interface Neighbour extends RelatedIncident {
  readonly severity: Severity;
  readonly hosts: readonly string[];
  readonly firstSeen: string;
  readonly isHardware: boolean;
}

/** What is known of an incident at once, without waiting for anything: it stands on every finding, model or none. */
export interface Known {
  readonly runbooks: readonly RunbookHit[];
  readonly assets: readonly Asset[];
  /** What the sensors of its hosts say, in band and out of band. */
  readonly machines: readonly MachineState[];
}

/** All that the model is told beside the incident itself. */
export interface Gathered extends Known {
  /** Oldest first. */
  readonly surroundings: readonly SurroundingLine[];
  /** Newest first. */
  readonly similar: readonly PastFinding[];
}

/** Where context comes from. No function rejects: a source that is away, or late, is left out and counted. */
export interface ContextSources {
  /** Never waits; what has to be fetched first (an inventory over HTTP) is fetched meanwhile and known the next time. */
  known(incident: Incident): Known;
  /** Resolves when `known` has the readings of sensors that were published before the call, after half a second at the latest. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Takes `reasoning.contextSeconds` at most. */
  gather(incident: Incident, signal: AbortSignal): Promise<Gathered>;
}

/** Nothing is known beside the incident. */
export const noContext: Gathered = { runbooks: [], assets: [], machines: [], surroundings: [], similar: [] };

/** Where there are no sources at all. */
export const noSources: ContextSources = {
  known: () => noContext,
  refresh: async () => {},
  gather: async () => noContext,
};
