import type { PersonRole, Principal } from '#shared/access/index.ts';
import { clusterOperations } from './cluster-operations.ts';
import { readingOperations } from './reading-operations.ts';
import { writingOperations } from './writing-operations.ts';

/** Who has rights of their own at Elasticsearch. */
export type Whoever = Principal | PersonRole;

/** What an operation is tried on. */
export interface Place {
  readonly namespace: string;
  /** Another installation on the same cluster, whose name ends like this one's. */
  readonly foreign: string;
  /** The oldest index of the log lines of type `app`, which is not written to any more. */
  readonly oldIndex: string;
  /** New each time. */
  id(): string;
}

/** A request as it goes over the wire: JSON, or lines of JSON for a bulk. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly body?: unknown;
  readonly lines?: readonly unknown[];
}

/** Something that can be tried at Elasticsearch, and who may do it; everybody else must be refused. */
export interface Operation {
  readonly what: string;
  readonly allowed: readonly Whoever[];
  /** What those who may need it for. */
  readonly why?: string;
  readonly request: (at: Place) => Request;
}

/** Every operation, by kind. */
export const operations: Readonly<Record<string, readonly Operation[]>> = {
  Writing: writingOperations,
  Reading: readingOperations,
  'Cluster, assets, security': clusterOperations,
};
