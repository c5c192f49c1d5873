import type { Severity } from '#shared/model/index.ts';
import { firmwareStates } from './firmware.ts';
import { genericStates } from './generic.ts';
import { partStates } from './parts.ts';
import { sensorType } from './sensor-types.ts';
import type { EventState } from './state.ts';
import { systemStates } from './system.ts';

export { sensorType, sensorTypeName } from './sensor-types.ts';

/** An event of a sensor, by the numbers of its record. */
export interface EventCode {
  readonly sensorType: number;
  /** Event/reading type: 7 bits. */
  readonly eventType: number;
  readonly offset: number;
  /** Event data 2, where the record says that it tells more of the event. */
  readonly data2: number | undefined;
  readonly isAsserted: boolean;
}

/** What an event is called and how bad it is. */
export interface EventMeaning {
  /** In the words of ipmitool; undefined where neither it nor the specification has any. */
  readonly words: string | undefined;
  readonly severity: Severity;
}

const sensorSpecific = 0x6f;

/**
 * The meaning of an event by the tables 42-1 to 42-3 of the IPMI 2.0 specification. What they do not know, such as events of the
 * makers, is `info`: nothing says that it is bad.
 */
export function meaningOf(event: EventCode): EventMeaning {
  const general = statesOf(event)?.[event.offset];
  const state = (event.data2 === undefined ? undefined : general?.byData2?.get(event.data2)) ?? general;
  if (state === undefined || state.words === '') return { words: undefined, severity: 'info' };
  const asserted = state.bySensorType?.get(event.sensorType) ?? state.asserted;
  return { words: state.words, severity: event.isAsserted ? asserted : state.deasserted };
}

function statesOf({ eventType, sensorType: type }: EventCode): readonly EventState[] | undefined {
  if (eventType !== sensorSpecific) return genericStates.get(eventType);
  if (type === sensorType.systemFirmware) return firmwareStates;
  return partStates.get(type) ?? systemStates.get(type);
}
