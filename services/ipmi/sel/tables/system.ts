import { critical, type EventState, info, warning } from './state.ts';
import { changedBy } from './version-change.ts';

/**
 * What sensors of the system as a whole say, by sensor type and offset: IPMI 2.0 (revision 1.1), table 42-3, in the words of
 * ipmitool. How bad each is is our reading of its words. From 0xF0 on: PICMG 3.0 (ATCA), which ipmitool knows too.
 */
export const systemStates: ReadonlyMap<number, readonly EventState[]> = new Map([
  [
    // Event Logging Disabled
    0x10,
    [
      warning('Correctable memory error logging disabled'),
      warning('Event logging disabled'),
      info('Log area reset/cleared'),
      warning('All event logging disabled'),
      warning('Log full'),
      warning('Log almost full'),
      // ipmitool has no words for it.
      warning('Correctable machine check error logging disabled'),
    ],
  ],
  [
    // Watchdog1
    0x11,
    [
      critical('BIOS Reset'),
      critical('OS Reset'),
      critical('OS Shut Down'),
      critical('OS Power Down'),
      critical('OS Power Cycle'),
      critical('OS NMI/Diag Interrupt'),
      critical('OS Expired'),
      critical('OS pre-timeout Interrupt'),
    ],
  ],
  [
    // System Event
    0x12,
    [
      info('System Reconfigured'),
      info('OEM System boot event'),
      critical('Undetermined system hardware failure'),
      info('Entry added to auxiliary log'),
      info('PEF Action'),
      info('Timestamp Clock Sync'),
    ],
  ],
  [
    // Button
    0x14,
    [
      info('Power Button pressed'),
      info('Sleep Button pressed'),
      info('Reset Button pressed'),
      info('FRU Latch'),
      info('FRU Service'),
    ],
  ],
  [
    // System Boot Initiated
    0x1d,
    [
      info('Initiated by power up'),
      info('Initiated by hard reset'),
      info('Initiated by warm reset'),
      info('User requested PXE boot'),
      info('Automatic boot to diagnostic'),
      info('OS initiated hard reset'),
      info('OS initiated warm reset'),
      info('System Restart'),
    ],
  ],
  [
    // Boot Error
    0x1e,
    [
      warning('No bootable media'),
      warning('Non-bootable disk in drive'),
      warning('PXE server not found'),
      warning('Invalid boot sector'),
      warning('Timeout waiting for selection'),
    ],
  ],
  [
    // OS Boot
    0x1f,
    [
      info('A: boot completed'),
      info('C: boot completed'),
      info('PXE boot completed'),
      info('Diagnostic boot completed'),
      info('CD-ROM boot completed'),
      info('ROM boot completed'),
      info('boot completed - device not specified'),
      info('Installation started'),
      info('Installation completed'),
      warning('Installation aborted'),
      warning('Installation failed'),
    ],
  ],
  [
    // OS Critical Stop
    0x20,
    [
      critical('Error during system startup'),
      critical('Run-time critical stop'),
      info('OS graceful stop'),
      info('OS graceful shutdown'),
      info('PEF initiated soft shutdown'),
      warning('Agent not responding'),
    ],
  ],
  [
    // System ACPI Power State
    0x22,
    [
      info('S0/G0: working'),
      info('S1: sleeping with system hw & processor context maintained'),
      info('S2: sleeping, processor context lost'),
      info('S3: sleeping, processor & hw context lost, memory retained'),
      info('S4: non-volatile sleep/suspend-to-disk'),
      info('S5/G2: soft-off'),
      info('S4/S5: soft-off'),
      info('G3: mechanical off'),
      info('Sleeping in S1/S2/S3 state'),
      info('G1: sleeping'),
      info('S5: entered by override'),
      info('Legacy ON state'),
      info('Legacy OFF state'),
      info(''),
      info('Unknown'),
    ],
  ],
  [
    // Watchdog2
    0x23,
    [
      warning('Timer expired'),
      critical('Hard reset'),
      critical('Power down'),
      critical('Power cycle'),
      info('reserved'),
      info('reserved'),
      info('reserved'),
      info('reserved'),
      warning('Timer interrupt'),
    ],
  ],
  [
    // Platform Alert
    0x24,
    [
      info('Platform generated page'),
      info('Platform generated LAN alert'),
      info('Platform Event Trap generated'),
      info('Platform generated SNMP trap, OEM format'),
    ],
  ],
  [
    // LAN
    0x27,
    [warning('Heartbeat Lost'), info('Heartbeat')],
  ],
  [
    // Management Subsys Health
    0x28,
    [
      warning('Sensor access degraded or unavailable'),
      warning('Controller access degraded or unavailable'),
      warning('Management controller off-line'),
      critical('Management controller unavailable'),
      warning('Sensor failure'),
      warning('FRU failure'),
    ],
  ],
  [
    // Version Change
    0x2b,
    [
      info('Hardware change detected'),
      info('Firmware or software change detected', {
        byData2: changedBy('Firmware or software change detected'),
      }),
      critical('Hardware incompatibility detected'),
      warning('Firmware or software incompatibility detected'),
      warning('Invalid or unsupported hardware version'),
      warning('Invalid or unsupported firmware or software version'),
      info('Hardware change success'),
      info('Firmware or software change success', {
        byData2: changedBy('Firmware or software change success'),
      }),
    ],
  ],
  [
    // FRU State
    0x2c,
    [
      info('Not Installed'),
      info('Inactive'),
      info('Activation Requested'),
      info('Activation in Progress'),
      info('Active'),
      info('Deactivation Requested'),
      info('Deactivation in Progress'),
      warning('Communication lost'),
    ],
  ],
  [
    // Unknown
    0xf0,
    [
      info('Transition to M0'),
      info('Transition to M1'),
      info('Transition to M2'),
      info('Transition to M3'),
      info('Transition to M4'),
      info('Transition to M5'),
      info('Transition to M6'),
      warning('Transition to M7'),
    ],
  ],
  [
    // Unknown
    0xf1,
    [
      warning('IPMB-A disabled, IPMB-B disabled'),
      warning('IPMB-A enabled, IPMB-B disabled'),
      warning('IPMB-A disabled, IPMB-B enabled'),
      info('IPMB-A enabled, IPMB-B enabled'),
    ],
  ],
  [
    // Unknown
    0xf2,
    [info('Module Handle Closed'), info('Module Handle Opened'), info('Quiesced')],
  ],
  [
    // Session Audit, for which ipmitool has no words
    0x2a,
    [
      info('Session Activated'),
      info('Session Deactivated'),
      warning('Invalid Username or Password'),
      warning('Invalid password disable'),
    ],
  ],
]);
