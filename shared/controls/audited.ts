import { type Origin, plainly } from '#shared/audit/index.ts';
import type { Alongside } from './book.ts';

/**
 * What the audit log says of a control that somebody added or took back by hand.
 *
 * @param by who took it back; it was added by whom it names itself
 * @param at milliseconds since the epoch
 */
export function audited(
  action: 'control.add' | 'control.undo',
  origin: Origin,
  at: number,
  by?: string,
): Alongside {
  return ({ id, by: author, findingId, note }) => [
    plainly(origin, at, {
      action,
      by: by ?? author,
      controlId: id,
      ...(findingId !== undefined && { incidentId: findingId }),
      ...(note !== undefined && by === undefined && { note }),
    }),
  ];
}
