import { isAtLeast, type SelEvent } from '#shared/model/index.ts';

/** Sensor types by code: IPMI 2.0 (revision 1.1), table 42-3. */
const type = {
  platformSecurity: 0x06,
  processor: 0x07,
  memory: 0x0c,
  driveSlot: 0x0d,
  firmware: 0x0f,
  eventLogging: 0x10,
  watchdog1: 0x11,
  systemEvent: 0x12,
  criticalInterrupt: 0x13,
  button: 0x14,
  chipSet: 0x19,
  cable: 0x1b,
  bootInitiated: 0x1d,
  bootError: 0x1e,
  osBoot: 0x1f,
  osStop: 0x20,
  acpi: 0x22,
  watchdog2: 0x23,
  platformAlert: 0x24,
  entityPresence: 0x25,
  lan: 0x27,
  audit: 0x2a,
  version: 0x2b,
  fru: 0x2c,
} as const;

const generic = { threshold: 0x01, severity: 0x07, redundancy: 0x0b } as const;
const sensorSpecific = 0x6f;

/** What an event says of its sensor. States are named by codes, which are compared within one sensor only. */
export interface Meaning {
  /** The state that has begun; absent where nothing has. */
  readonly begins: string | undefined;
  /** States that are over. */
  readonly ends: readonly string[];
  /** States of a family are one incident of their sensor, which gets better and worse; absent: those of one rule are. */
  readonly family: 'threshold' | 'severity' | 'redundancy' | 'event-log' | undefined;
  /** It is no state: it has happened, and nothing need ever say that it is over. */
  readonly isMomentary: boolean;
  /** A corrected memory error: what counts is how many there are. */
  readonly isCorrectedError: boolean;
}

const nothing: Meaning = {
  begins: undefined,
  ends: [],
  family: undefined,
  isMomentary: false,
  isCorrectedError: false,
};

/** Offsets that are over when another is asserted, by event type and offset; of sensor-specific ones by sensor type too. */
const endedByAssertion: Readonly<Record<string, readonly number[]>> = {
  '3:0': [1],
  '4:0': [1],
  '5:0': [1],
  '6:0': [1],
  '8:1': [0],
  '9:1': [0],
  'a:0': [1, 2, 4, 5, 6, 7, 8],
  'a:3': [2, 4, 5, 6, 8],
  'b:0': [1, 2, 3, 4, 5, 6, 7],
  [`6f:${type.cable}:0`]: [1],
  [`6f:${type.entityPresence}:0`]: [1, 2],
  [`6f:${type.lan}:1`]: [0],
  [`6f:${type.fru}:4`]: [5, 6, 7],
};

/** The same by deassertion: a drive's rebuild that goes on no more. One that was broken off says so by a later event. */
const endedByDeassertion: Readonly<Record<string, readonly number[]>> = {
  [`6f:${type.driveSlot}:7`]: [1, 2, 5, 6, 8],
};

/** Sensor types whose events only happen. */
const momentaryTypes: ReadonlySet<number> = new Set([
  type.platformSecurity,
  type.firmware,
  type.watchdog1,
  type.systemEvent,
  type.criticalInterrupt,
  type.button,
  type.chipSet,
  type.bootInitiated,
  type.bootError,
  type.osBoot,
  type.osStop,
  type.acpi,
  type.watchdog2,
  type.platformAlert,
  type.audit,
  type.version,
]);

/** Of other sensor types the offsets that do. */
const momentaryOffsets: ReadonlyMap<number, readonly number[]> = new Map([
  // Corrected, uncorrectable, parity, scrub failed, logging limit.
  [type.memory, [0, 1, 2, 3, 5]],
  // IERR, thermal trip, FRB 1 to 3, machine checks.
  [type.processor, [0, 1, 2, 3, 4, 6, 11, 12]],
]);

const logStates = ['filling', 'almost-full', 'overflow'] as const;

/** What an event says, by the tables 42-1 to 42-3 of IPMI 2.0 (revision 1.1). Pure. */
export function meaningOf(event: SelEvent): Meaning {
  const { sensor, event: said } = event.ipmi;
  if (said.log !== undefined) return logMeaning(said.log);
  const { type_code: code, offset, direction } = said;
  if (code === undefined || offset === undefined || sensor === undefined)
    return { ...nothing, begins: 'record', isMomentary: true };
  if (code === sensorSpecific && sensor.type_code === type.eventLogging) {
    if (offset === 2) return direction === 'asserted' ? logMeaning('cleared') : nothing;
    if (offset === 4 || offset === 5) {
      const state = offset === 4 ? 'overflow' : 'almost-full';
      return direction === 'asserted'
        ? logMeaning(state)
        : { ...nothing, ends: [logCode(state)], family: 'event-log' };
    }
  }
  if (code === generic.threshold) return thresholdMeaning(offset, direction);
  if (code === generic.severity) return severityMeaning(offset, direction);
  return stateMeaning(event, { code, offset, sensorType: sensor.type_code });
}

function logCode(state: string): string {
  return `log:${state}`;
}

function logMeaning(state: string): Meaning {
  const family = 'event-log';
  if (state === 'room') return { ...nothing, ends: logStates.map(logCode), family };
  if (state === 'cleared')
    return { ...nothing, begins: logCode(state), ends: logStates.map(logCode), isMomentary: true };
  return { ...nothing, begins: logCode(state), family };
}

/**
 * Offsets 0–5 are of the lower limits, 6–11 of the upper ones, the mildest first, each going low and then going high. What is over
 * at one limit is over at those beyond it.
 */
function thresholdMeaning(offset: number, direction: 'asserted' | 'deasserted'): Meaning {
  if (offset > 11) return nothing;
  const side = offset < 6 ? 'low' : 'high';
  const level = Math.floor((offset % 6) / 2);
  const goesHigh = offset % 2 === 1;
  const intoTrouble = (side === 'high') === goesHigh;
  const codes = [0, 1, 2].map((each) => `${side}:${each}`);
  const beyond = codes.slice(level);
  if (direction === 'asserted' && intoTrouble)
    return { ...nothing, begins: codes[level], family: 'threshold' };
  // Back over the same limit, as some BMCs tell it; the deassertion of that says nothing more.
  return { ...nothing, ends: (direction === 'asserted') !== intoTrouble ? beyond : [], family: 'threshold' };
}

/** Exclusive states: whichever was asserted last is so. */
function severityMeaning(offset: number, direction: 'asserted' | 'deasserted'): Meaning {
  const codes = ['warning', 'critical', 'lost'].map((each) => `severity:${each}`);
  const levels: readonly (string | undefined)[] = [
    undefined,
    codes[0],
    codes[1],
    codes[2],
    codes[0],
    codes[1],
    codes[2],
  ];
  const family = 'severity';
  // Monitor and informational are asserted beside them.
  if (offset >= levels.length) return nothing;
  const state = levels[offset];
  if (direction === 'deasserted') return { ...nothing, ends: state === undefined ? [] : [state], family };
  return { ...nothing, begins: state, ends: codes.filter((each) => each !== state), family };
}

function stateMeaning(
  event: SelEvent,
  { code, offset, sensorType }: { code: number; offset: number; sensorType: number },
): Meaning {
  const { direction, class: kind } = event.ipmi.event;
  const isAsserted = direction === 'asserted';
  const prefix = code.toString(16);
  const name = (each: number) => `${prefix}:${each}`;
  const key = code === sensorSpecific ? `${prefix}:${sensorType}:${offset}` : name(offset);
  const also = ((isAsserted ? endedByAssertion : endedByDeassertion)[key] ?? []).map(name);
  const isTrouble = isAsserted || isAtLeast(event.ipmi.severity, 'warning');
  const isMomentary =
    kind === 'oem' ||
    kind === 'unknown' ||
    (code === sensorSpecific &&
      (momentaryTypes.has(sensorType) || momentaryOffsets.get(sensorType)?.includes(offset) === true));
  return {
    // A part that is no longer there, or redundancy that is no longer full: trouble begins by a deassertion.
    begins: isTrouble ? (isAsserted ? name(offset) : `not ${name(offset)}`) : undefined,
    ends: [...(isAsserted ? (isMomentary ? [] : [`not ${name(offset)}`]) : [name(offset)]), ...also],
    family: code === generic.redundancy ? 'redundancy' : undefined,
    isMomentary,
    isCorrectedError: isAsserted && code === sensorSpecific && sensorType === type.memory && offset === 0,
  };
}
