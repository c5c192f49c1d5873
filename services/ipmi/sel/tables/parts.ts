import { critical, type EventState, info, presence, warning } from './state.ts';

/** Which configuration of a power supply is wrong, by event data 2. */
const configErrors = new Map(
  [
    'Vendor Mismatch',
    'Revision Mismatch',
    'Processor Missing',
    'Power Supply Rating Mismatch',
    'Voltage Rating Mismatch',
  ].map((what, code) => [code, warning(`Config Error: ${what}`)] as const),
);

/**
 * What sensors of a machine's parts say, by sensor type and offset: IPMI 2.0 (revision 1.1), table 42-3, in the words of
 * ipmitool. How bad each is is our reading of its words.
 */
export const partStates: ReadonlyMap<number, readonly EventState[]> = new Map([
  [
    // Physical Security
    0x05,
    [
      warning('General Chassis intrusion'),
      warning('Drive Bay intrusion'),
      warning('I/O Card area intrusion'),
      warning('Processor area intrusion'),
      warning('System unplugged from LAN'),
      warning('Unauthorized dock'),
      warning('FAN area intrusion'),
    ],
  ],
  [
    // Platform Security
    0x06,
    [
      warning('Front Panel Lockout violation attempted'),
      warning('Pre-boot password violation - user password'),
      warning('Pre-boot password violation - setup password'),
      warning('Pre-boot password violation - network boot password'),
      warning('Other pre-boot password violation'),
      warning('Out-of-band access password violation'),
    ],
  ],
  [
    // Processor
    0x07,
    [
      critical('IERR'),
      critical('Thermal Trip'),
      critical('FRB1/BIST failure'),
      critical('FRB2/Hang in POST failure'),
      critical('FRB3/Processor startup/init failure'),
      critical('Configuration Error'),
      critical('SM BIOS Uncorrectable CPU-complex Error'),
      presence('Presence detected'),
      warning('Disabled'),
      info('Terminator presence detected'),
      warning('Throttled'),
      critical('Uncorrectable machine check exception'),
      warning('Correctable machine check error'),
    ],
  ],
  [
    // Power Supply
    0x08,
    [
      presence('Presence detected'),
      warning('Failure detected'),
      warning('Predictive failure'),
      warning('Power Supply AC lost'),
      warning('AC lost or out-of-range'),
      warning('AC out-of-range, but present'),
      warning('Config Error', { byData2: configErrors }),
      warning('Power Supply Inactive'),
    ],
  ],
  [
    // Power Unit
    0x09,
    [
      info('Power off/down'),
      info('Power cycle'),
      critical('240VA power down'),
      critical('Interlock power down'),
      critical('AC lost'),
      critical('Soft-power control failure'),
      critical('Failure detected'),
      warning('Predictive failure'),
    ],
  ],
  [
    // Memory
    0x0c,
    [
      warning('Correctable ECC'),
      critical('Uncorrectable ECC'),
      critical('Parity'),
      critical('Memory Scrub Failed'),
      warning('Memory Device Disabled'),
      warning('Correctable ECC logging limit reached'),
      presence('Presence Detected'),
      warning('Configuration Error'),
      info('Spare'),
      warning('Throttled'),
      critical('Critical Overtemperature'),
    ],
  ],
  [
    // Drive Slot / Bay
    0x0d,
    [
      presence('Drive Present'),
      critical('Drive Fault'),
      warning('Predictive Failure'),
      info('Hot Spare'),
      info('Parity Check In Progress'),
      critical('In Critical Array'),
      critical('In Failed Array'),
      info('Rebuild In Progress'),
      warning('Rebuild Aborted'),
    ],
  ],
  [
    // Critical Interrupt
    0x13,
    [
      critical('NMI/Diag Interrupt'),
      warning('Bus Timeout'),
      critical('I/O Channel check NMI'),
      critical('Software NMI'),
      critical('PCI PERR'),
      critical('PCI SERR'),
      warning('EISA failsafe timeout'),
      warning('Bus Correctable error'),
      critical('Bus Uncorrectable error'),
      critical('Fatal NMI'),
      critical('Bus Fatal Error'),
      warning('Bus Degraded'),
    ],
  ],
  [
    // Chip Set
    0x19,
    [critical('Soft Power Control Failure'), critical('Thermal Trip')],
  ],
  [
    // Cable / Interconnect
    0x1b,
    [info('Connected'), warning('Config Error')],
  ],
  [
    // Slot / Connector
    0x21,
    [
      critical('Fault Status'),
      info('Identify Status'),
      info('Device Installed'),
      info('Ready for Device Installation'),
      info('Ready for Device Removal'),
      info('Slot Power is Off'),
      info('Device Removal Request'),
      info('Interlock'),
      info('Slot is Disabled'),
      info('Spare Device'),
    ],
  ],
  [
    // Entity Presence
    0x25,
    [presence('Present'), warning('Absent'), warning('Disabled')],
  ],
  [
    // Battery
    0x29,
    [warning('Low'), warning('Failed'), info('Presence Detected')],
  ],
]);
