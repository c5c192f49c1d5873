import type { SensorStatus, Severity } from '#shared/model/index.ts';
import { genericStates } from '../sel/tables/generic.ts';
import { sensorType as type } from '../sel/tables/index.ts';
import { partStates } from '../sel/tables/parts.ts';
import type { EventState } from '../sel/tables/state.ts';
import { systemStates } from '../sel/tables/system.ts';

/**
 * Sensor types whose states last; those of the others (boots, log-ins, watchdogs, …) tell of something that has happened, which the event
 * log does, and many BMCs show them until the next start.
 */
const fruState = 0x2c;
const lasting: readonly number[] = [
  ...[type.physicalSecurity, type.processor, type.powerSupply, type.powerUnit, type.coolingDevice],
  ...[type.memory, type.driveSlot, type.eventLogging, type.criticalInterrupt],
  ...[type.slotConnector, type.entityPresence, type.management, type.battery, fruState],
];

/** Event types 02h to 0Ch of table 42-2; 01h are thresholds, which are judged by the reading. */
const thresholdEvents = 0x01;

/** As a state that lasts it is another thing than as an event. */
const asState: Readonly<Record<string, SensorStatus>> = {
  'Device Absent': 'absent',
  Absent: 'absent',
  'Not Installed': 'absent',
  // Until it is done, the next failure loses data.
  'Rebuild In Progress': 'warning',
};

/** FreeIPMI 1.6's words, where they are others than those of ipmitool and of the tables. */
const alsoSaid: Readonly<Record<string, string>> = {
  'LAN Leash Lost': 'System unplugged from LAN',
  'FRB3/Processor Startup/Initialization failure': 'FRB3/Processor startup/init failure',
  "SM BIOS 'Uncorrectable CPU-complex Error'": 'SM BIOS Uncorrectable CPU-complex Error',
  'Machine Check Exception': 'Uncorrectable machine check exception',
  'Processor Automatically Throttled': 'Throttled',
  'Processor disabled': 'Disabled',
  'Power Supply Failure detected': 'Failure detected',
  'Power Unit Failure detected': 'Failure detected',
  'Power Supply input lost': 'Power Supply AC lost',
  'Power Supply input lost or out-of-range': 'AC lost or out-of-range',
  'Power Supply input out-of-range, but present': 'AC out-of-range, but present',
  // Of the words of ipmitool these have a comma in them, which also stands between states.
  'AC out-of-range': 'AC out-of-range, but present',
  'AC lost/Power input lost': 'AC lost',
  'Correctable memory error': 'Correctable ECC',
  'Correctable ECC/other correctable memory error': 'Correctable ECC',
  'Uncorrectable memory error': 'Uncorrectable ECC',
  'Uncorrectable ECC/other uncorrectable memory error': 'Uncorrectable ECC',
  'Correctable memory error logging limit reached': 'Correctable ECC logging limit reached',
  'Correctable ECC/other correctable memory error logging limit reached':
    'Correctable ECC logging limit reached',
  'Rebuild/Remap in progress': 'Rebuild In Progress',
  'Rebuild/Remap Aborted': 'Rebuild Aborted',
  'SEL Full': 'Log full',
  'SEL Almost Full': 'Log almost full',
  'Fault Status asserted': 'Fault Status',
  'Device Removed/Device Absent': 'Device Absent',
  'Entity Absent': 'Absent',
  'battery low': 'Low',
  'battery failed': 'Failed',
  'FRU Not Installed': 'Not Installed',
  'FRU Communication Lost': 'Communication lost',
  'Non-redundant:Sufficient Resources from Redundant': 'Non-Redundant: Sufficient from Redundant',
  'Non-redundant:Sufficient Resources from Insufficient Resources':
    'Non-Redundant: Sufficient from Insufficient',
};

const statuses: Readonly<Record<Severity, SensorStatus>> = {
  info: 'ok',
  warning: 'warning',
  critical: 'critical',
};
const gravity = gravityByWords();

/** What one state means, in whatever case and punctuation; what stands in brackets behind it does not count. */
function statusOfState(state: string): SensorStatus {
  return gravity.get(plain(state)) ?? 'ok';
}

/** The worst that a sensor's states mean; `absent` where one says that the part is not there and none that it is failing. */
export function statusOfStates(states: readonly string[]): SensorStatus {
  const found = new Set(states.map(statusOfState));
  return (['critical', 'warning', 'absent'] as const).find((status) => found.has(status)) ?? 'ok';
}

/**
 * By the tables of the specification. A reading does not say its sensor's type: where a word is graver for one type than for another,
 * the less grave counts, and the event says more.
 */
function gravityByWords(): Map<string, SensorStatus> {
  const found = new Map<string, SensorStatus>();
  const learn = ({ words, asserted, byData2 }: EventState): void => {
    const known = found.get(plain(words));
    const status = statuses[asserted];
    if (known === undefined || known === 'critical' || status === 'ok') found.set(plain(words), status);
    for (const each of byData2?.values() ?? []) learn(each);
  };
  for (const [eventType, states] of genericStates) if (eventType !== thresholdEvents) states.forEach(learn);
  for (const code of lasting)
    for (const state of partStates.get(code) ?? systemStates.get(code) ?? []) learn(state);
  for (const [words, status] of Object.entries(asState)) found.set(plain(words), status);
  for (const [words, said] of Object.entries(alsoSaid))
    found.set(plain(words), found.get(plain(said)) ?? 'ok');
  return found;
}

function plain(state: string): string {
  const bracket = state.indexOf('(');
  return (bracket > 0 ? state.slice(0, bracket) : state)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}
