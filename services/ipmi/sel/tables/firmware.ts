import { critical, type EventState, info, warning } from './state.ts';

/** Why the machine did not start, by event data 2. */
const errors: readonly EventState[] = [
  warning('Unspecified'),
  critical('No system memory installed'),
  critical('No usable system memory'),
  critical('Unrecoverable IDE device failure'),
  critical('Unrecoverable system-board failure'),
  critical('Unrecoverable diskette failure'),
  critical('Unrecoverable hard-disk controller failure'),
  critical('Unrecoverable PS/2 or USB keyboard failure'),
  warning('Removable boot media not found'),
  critical('Unrecoverable video controller failure'),
  warning('No video device selected'),
  critical('BIOS corruption detected'),
  critical('CPU voltage mismatch'),
  critical('CPU speed mismatch failure'),
];

/** How far the start has come, or where it hangs, by event data 2. */
const steps: readonly string[] = [
  'Unspecified',
  'Memory initialization',
  'Hard-disk initialization',
  'Secondary CPU Initialization',
  'User authentication',
  'User-initiated system setup',
  'USB resource configuration',
  'PCI resource configuration',
  'Option ROM initialization',
  'Video initialization',
  'Cache initialization',
  'SMBus initialization',
  'Keyboard controller initialization',
  'Management controller initialization',
  'Docking station attachment',
  'Enabling docking station',
  'Docking station ejection',
  'Disabling docking station',
  'Calling operating system wake-up vector',
  'System boot initiated',
  'Motherboard initialization',
  'reserved',
  'Floppy initialization',
  'Keyboard test',
  'Pointing device test',
  'Primary CPU initialization',
];

function byStep(state: (words: string) => EventState): ReadonlyMap<number, EventState> {
  return new Map(steps.map((step, code) => [code, state(step)]));
}

/**
 * What the system's firmware says while the machine starts (sensor type 0x0F, POST), by offset: IPMI 2.0 (revision 1.1), table
 * 42-3, in the words of ipmitool.
 */
export const firmwareStates: readonly EventState[] = [
  warning('Unknown Error', { byData2: new Map(errors.entries()) }),
  warning('Unknown Hang', { byData2: byStep(warning) }),
  info('Unknown Progress', { byData2: byStep(info) }),
];
