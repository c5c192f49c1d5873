import { randomUUID } from 'node:crypto';
import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { AuditEntry } from '#shared/model/index.ts';

/** How somebody came, and from where. */
export interface Origin {
  readonly via: AuditEntry['via'];
  /** Where the request came from, where it came over a network. */
  readonly address?: string | undefined;
  /** By whose rights, as `AuditEntry` has it. */
  readonly account?: string | undefined;
}

/** The header by which the command line says to a running process that it asks for a person there: `cli`. */
export const viaHeader = 'x-logpatrol-via';

/** The record of an entry, to be written in the transaction of what it tells of. */
export function auditRecord(entry: AuditEntry): OutRecord {
  return { topic: topic.audit, partition: 0, key: null, value: JSON.stringify(entry) };
}

/**
 * The record of something that was done by somebody of whom nothing is known but the name they gave.
 *
 * @param at milliseconds since the epoch
 */
export function plainly(
  { via, address, account }: Origin,
  at: number,
  done: { readonly action: string; readonly by: string } & Pick<
    AuditEntry,
    'controlId' | 'incidentId' | 'note'
  >,
): OutRecord {
  const { by, ...rest } = done;
  return auditRecord({
    id: randomUUID(),
    at: new Date(at).toISOString(),
    by: { id: by, name: by },
    via,
    outcome: 'done',
    ...rest,
    ...(address !== undefined && { address }),
    ...(account !== undefined && { account }),
  });
}
