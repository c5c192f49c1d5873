import type { SensorStatus } from '#shared/model/index.ts';

/**
 * What states of discrete sensors mean. The states: IPMI 2.0, tables 42-2 (generic, by event/reading type) and 42-3 (by sensor type),
 * in the words of `ipmitool` 1.8.19 and, where they are others, of FreeIPMI 1.6. Their gravity: as `rules/hardware.yaml` has it for the
 * same states as events. A state that is not here is fine.
 */
const table: readonly (readonly [type: string, SensorStatus, words: readonly string[]])[] = [
  ['limit, 05h', 'warning', ['Limit Exceeded']],
  ['predictive failure, 04h', 'warning', ['Predictive Failure Asserted']],
  ['performance, 06h', 'warning', ['Performance Lags']],
  ['severity, 07h', 'warning', ['Transition to Non-critical from OK']],
  ['severity, 07h', 'warning', ['Transition to Non-critical from more severe']],
  ['severity, 07h', 'critical', ['Transition to Critical from less severe']],
  ['severity, 07h', 'critical', ['Transition to Critical from Non-recoverable']],
  ['severity, 07h', 'critical', ['Transition to Non-recoverable']],
  ['severity, 07h', 'critical', ['Transition to Non-recoverable from less severe']],
  ['presence, 08h', 'absent', ['Device Absent', 'Device Removed/Device Absent', 'Device Removed']],
  ['availability, 0Ah', 'warning', ['Transition to Degraded', 'Degraded', 'Install Error']],
  ['redundancy, 0Bh', 'warning', ['Redundancy Lost', 'Redundancy Degraded']],
  ['redundancy, 0Bh', 'warning', ['Redundancy Degraded from Fully Redundant']],
  ['redundancy, 0Bh', 'warning', ['Redundancy Degraded from Non-Redundant']],
  ['redundancy, 0Bh', 'warning', ['Non-Redundant: Sufficient from Redundant']],
  ['redundancy, 0Bh', 'warning', ['Non-redundant:Sufficient Resources from Redundant']],
  ['redundancy, 0Bh', 'warning', ['Non-Redundant: Sufficient from Insufficient']],
  ['redundancy, 0Bh', 'warning', ['Non-redundant:Sufficient Resources from Insufficient Resources']],
  ['redundancy, 0Bh', 'critical', ['Non-Redundant: Insufficient Resources']],
  ['physical security, 05h', 'warning', ['General Chassis intrusion', 'Drive Bay intrusion']],
  ['physical security, 05h', 'warning', ['I/O Card area intrusion', 'Processor area intrusion']],
  ['physical security, 05h', 'warning', ['FAN area intrusion', 'Unauthorized dock']],
  ['physical security, 05h', 'warning', ['System unplugged from LAN', 'LAN Leash Lost']],
  ['processor, 07h', 'critical', ['IERR', 'Thermal Trip', 'FRB1/BIST failure']],
  ['processor, 07h', 'critical', ['FRB2/Hang in POST failure']],
  ['processor, 07h', 'critical', ['FRB3/Processor startup/init failure']],
  ['processor, 07h', 'critical', ['FRB3/Processor Startup/Initialization failure']],
  ['processor and memory, 07h 0Ch', 'critical', ['Configuration Error']],
  ['processor, 07h', 'critical', ['SM BIOS Uncorrectable CPU-complex Error']],
  ['processor, 07h', 'critical', ['Uncorrectable machine check exception', 'Machine Check Exception']],
  ['processor, 07h', 'warning', ['Throttled', 'Processor Automatically Throttled']],
  ['processor, 07h', 'warning', ['Correctable machine check error']],
  ['power supply, 08h, and unit, 09h', 'warning', ['Failure detected', 'Power Supply Failure detected']],
  ['power supply, 08h', 'warning', ['Predictive failure']],
  ['power supply, 08h', 'warning', ['Power Supply AC lost', 'Power Supply input lost']],
  ['power supply, 08h', 'warning', ['AC lost or out-of-range', 'Power Supply input lost or out-of-range']],
  ['power supply, 08h', 'warning', ['AC out-of-range, but present']],
  ['power supply, 08h', 'warning', ['Power Supply input out-of-range, but present']],
  ['power supply, 08h', 'warning', ['Config Error', 'Config Error: Vendor Mismatch']],
  ['power supply, 08h', 'warning', ['Config Error: Revision Mismatch']],
  ['power supply, 08h', 'warning', ['Config Error: Processor Missing']],
  ['power supply, 08h', 'warning', ['Config Error: Power Supply Rating Mismatch']],
  ['power supply, 08h', 'warning', ['Config Error: Voltage Rating Mismatch']],
  ['power unit, 09h', 'critical', ['240VA power down', 'AC lost', 'AC lost/Power input lost']],
  ['power unit, 09h', 'critical', ['Soft-power control failure', 'Power Unit Failure detected']],
  ['power unit, 09h', 'warning', ['Interlock power down']],
  ['memory, 0Ch', 'warning', ['Correctable ECC', 'Correctable memory error']],
  ['memory, 0Ch', 'warning', ['Correctable ECC/other correctable memory error']],
  ['memory, 0Ch', 'warning', ['Correctable ECC logging limit reached']],
  ['memory, 0Ch', 'warning', ['Correctable memory error logging limit reached']],
  ['memory, 0Ch', 'warning', ['Correctable ECC/other correctable memory error logging limit reached']],
  ['memory, 0Ch', 'warning', ['Memory Automatically Throttled']],
  ['memory, 0Ch', 'critical', ['Uncorrectable ECC', 'Uncorrectable memory error', 'Parity']],
  ['memory, 0Ch', 'critical', ['Uncorrectable ECC/other uncorrectable memory error']],
  ['memory, 0Ch', 'critical', ['Memory Scrub Failed', 'Memory Device Disabled']],
  ['memory, 0Ch', 'critical', ['Critical Overtemperature']],
  ['drive, 0Dh', 'critical', ['Drive Fault', 'In Critical Array', 'In Failed Array']],
  ['drive, 0Dh', 'warning', ['Rebuild In Progress', 'Rebuild/Remap in progress']],
  ['drive, 0Dh', 'warning', ['Rebuild Aborted', 'Rebuild/Remap Aborted']],
  ['event log, 10h', 'warning', ['Log full', 'SEL full', 'Log almost full', 'SEL almost full']],
  ['event log, 10h', 'warning', ['All event logging disabled', 'Correctable memory error logging disabled']],
  ['critical interrupt, 13h', 'critical', ['NMI/Diag Interrupt', 'I/O Channel check NMI', 'Software NMI']],
  ['critical interrupt, 13h', 'critical', ['PCI PERR', 'PCI SERR', 'Fatal NMI']],
  ['critical interrupt, 13h', 'critical', ['Bus Uncorrectable error', 'Bus Fatal Error']],
  ['critical interrupt, 13h', 'warning', ['Bus Degraded', 'Bus Timeout', 'Bus Correctable error']],
  ['operating system stop, 20h', 'critical', ['Error during system startup', 'Critical stop during OS load']],
  ['operating system stop, 20h', 'critical', ['Run-time critical stop']],
  ['slot, 21h', 'critical', ['Fault Status', 'Fault Status asserted']],
  ['entity presence, 25h', 'absent', ['Absent', 'Entity Absent']],
  ['management subsystem, 28h', 'warning', ['Sensor access degraded or unavailable']],
  ['management subsystem, 28h', 'warning', ['Controller access degraded or unavailable']],
  ['management subsystem, 28h', 'warning', ['Management controller off-line']],
  ['management subsystem, 28h', 'warning', ['Management controller unavailable']],
  ['management subsystem, 28h', 'warning', ['Sensor failure', 'FRU failure']],
  ['battery, 29h', 'warning', ['Low', 'Failed', 'battery low', 'battery failed']],
  ['FRU, 2Ch', 'absent', ['Not Installed', 'FRU Not Installed']],
  ['FRU, 2Ch', 'warning', ['Communication lost', 'FRU Communication Lost']],
];

const gravity: ReadonlyMap<string, SensorStatus> = new Map(
  table.flatMap(([, status, words]) => words.map((each) => [plain(each), status] as const)),
);

/** What one state means, in whatever case and punctuation; what stands in brackets behind it does not count. */
export function statusOfState(state: string): SensorStatus {
  return gravity.get(plain(state)) ?? 'ok';
}

/** The worst that a sensor's states mean; `absent` where one says that the part is not there and none that it is failing. */
export function statusOfStates(states: readonly string[]): SensorStatus {
  const found = new Set(states.map(statusOfState));
  return (['critical', 'warning', 'absent'] as const).find((status) => found.has(status)) ?? 'ok';
}

function plain(state: string): string {
  const bracket = state.indexOf('(');
  return (bracket > 0 ? state.slice(0, bracket) : state)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}
