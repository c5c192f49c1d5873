import type { IncidentRecord } from './incident-record.ts';
import { mayFollow } from './machine-parts.ts';
import type { Shelf } from './shelf.ts';
import type { Topology } from './surroundings.ts';

/** What an incident can be a consequence of, and which open ones that concerns. */
export interface Dependence {
  /** Whether one can be a consequence of the other. */
  needs(record: IncidentRecord, cause: IncidentRecord): boolean;
  /** Open incidents that it can be a consequence of. */
  causesOf(record: IncidentRecord): Iterable<IncidentRecord>;
  /** Open incidents that can be a consequence of it. */
  dependantsOf(record: IncidentRecord): Iterable<IncidentRecord>;
}

/** A service fails with those that it depends on. */
export function ofServices(shelf: Shelf, topology: Topology): Dependence {
  return {
    needs: (record, cause) => topology.dependenciesOf(record.service).has(cause.service),
    *causesOf(record) {
      for (const service of topology.dependenciesOf(record.service)) yield* [...shelf.openOf(service)];
    },
    *dependantsOf(record) {
      for (const service of shelf.openServices)
        if (topology.dependenciesOf(service).has(record.service)) yield* [...shelf.openOf(service)];
    },
  };
}

/** Parts of a machine fail with others of the same machine. */
export function ofMachines(shelf: Shelf): Dependence {
  const needs = (record: IncidentRecord, cause: IncidentRecord): boolean =>
    record !== cause &&
    record.part !== undefined &&
    cause.part !== undefined &&
    mayFollow(record.part, cause.part);
  const others = ({ part }: IncidentRecord): readonly IncidentRecord[] =>
    part === undefined ? [] : [...shelf.openOn(part.host)];
  return {
    needs,
    causesOf: (record) => others(record).filter((other) => needs(record, other)),
    dependantsOf: (record) => others(record).filter((other) => needs(other, record)),
  };
}

/** All of them together. */
export function ofAll(dependences: readonly Dependence[]): Dependence {
  return {
    needs: (record, cause) => dependences.some((one) => one.needs(record, cause)),
    *causesOf(record) {
      for (const one of dependences) yield* one.causesOf(record);
    },
    *dependantsOf(record) {
      for (const one of dependences) yield* one.dependantsOf(record);
    },
  };
}
