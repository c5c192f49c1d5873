/** Kinds of slots and connectors: IPMI 2.0 (revision 1.1), table 42-3, sensor type 0x21, event data 2. */
export const slotTypes: readonly string[] = [
  'PCI slot',
  'Drive array',
  'Peripheral connector',
  'Docking slot',
  'Expansion slot',
  'Slot',
  'AdvancedTCA slot',
  'DIMM',
  'Fan',
  'PCI Express slot',
  'SCSI connector',
  'SATA/SAS connector',
  'USB connector',
];

/** Why the system started anew: IPMI 2.0, section 28.11 (Get System Restart Cause); sensor type 0x1D, offset 7, event data 2. */
export const bootCauses: readonly string[] = [
  'cause unknown',
  'chassis control command',
  'reset button',
  'power button',
  'watchdog expired',
  'OEM',
  'power restored, always on',
  'power restored, as before',
  'reset by an event filter',
  'power cycle by an event filter',
  'soft reset',
  'power-up by the clock',
];

/** What a watchdog was used for when it expired: IPMI 2.0, table 42-3, sensor type 0x23, event data 2. */
export const watchdogUses: readonly (string | undefined)[] = [
  undefined,
  'timer of BIOS FRB2',
  'timer of BIOS/POST',
  'timer of OS load',
  'timer of SMS/OS',
  'timer of the maker',
];
