import { SelEvent } from '#shared/model/index.ts';
import { fieldOf } from '#shared/text/field.ts';

/** The log type of the event logs of BMCs. */
const selType = 'ipmi';

/**
 * The event of a BMC's event log that a log event is, which the stage `hardware` judges: it knows what belongs together. What only
 * says that it is one is undefined, and text like any other.
 *
 * @param type the log type that it came as
 */
export function selEventIn(event: object, type: string): SelEvent | undefined {
  if (type !== selType || fieldOf(event, 'event', 'dataset') !== 'ipmi.sel') return undefined;
  return SelEvent.safeParse(event).data;
}
