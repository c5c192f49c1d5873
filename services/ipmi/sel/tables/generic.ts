import { sensorType as type } from './sensor-types.ts';
import { critical, type EventState, info, warning } from './state.ts';

type Generic = ReadonlyMap<number, readonly EventState[]>;

/** Where a state of two values that is so means trouble; of other types it may be anything. */
const troubleIfAsserted: EventState['bySensorType'] = new Map(
  [
    type.temperature,
    type.voltage,
    type.current,
    type.fan,
    type.physicalSecurity,
    type.processor,
    type.powerSupply,
    type.powerUnit,
    type.coolingDevice,
    type.memory,
    type.driveSlot,
    type.criticalInterrupt,
    type.battery,
  ].map((code) => [code, 'warning'] as const),
);

/** Parts that are missed where they are away or switched off. */
const missedParts: EventState['bySensorType'] = new Map(
  [type.fan, type.processor, type.powerSupply, type.coolingDevice, type.memory, type.driveSlot].map(
    (code) => [code, 'warning'] as const,
  ),
);

/**
 * Generic event types by code and offset: IPMI 2.0 (revision 1.1), table 42-2, in the words of ipmitool. How bad each is is
 * our reading of its words. Of thresholds the event into the bad side counts, and the one back is good news.
 */
export const genericStates: Generic = new Map([
  [
    0x01,
    [
      warning('Lower Non-critical going low'),
      info('Lower Non-critical going high'),
      critical('Lower Critical going low'),
      info('Lower Critical going high'),
      critical('Lower Non-recoverable going low'),
      info('Lower Non-recoverable going high'),
      info('Upper Non-critical going low'),
      warning('Upper Non-critical going high'),
      info('Upper Critical going low'),
      critical('Upper Critical going high'),
      info('Upper Non-recoverable going low'),
      critical('Upper Non-recoverable going high'),
    ],
  ],
  [0x02, [info('Transition to Idle'), info('Transition to Active'), info('Transition to Busy')]],
  [0x03, [info('State Deasserted'), info('State Asserted', { bySensorType: troubleIfAsserted })]],
  [0x04, [info('Predictive Failure Deasserted'), warning('Predictive Failure Asserted')]],
  [0x05, [info('Limit Not Exceeded'), warning('Limit Exceeded')]],
  [0x06, [info('Performance Met'), warning('Performance Lags')]],
  [
    0x07,
    [
      info('Transition to OK'),
      warning('Transition to Non-critical from OK'),
      critical('Transition to Critical from less severe'),
      critical('Transition to Non-recoverable from less severe'),
      warning('Transition to Non-critical from more severe'),
      critical('Transition to Critical from Non-recoverable'),
      critical('Transition to Non-recoverable'),
      info('Monitor'),
      info('Informational'),
    ],
  ],
  [0x08, [info('Device Absent', { bySensorType: missedParts }), info('Device Present')]],
  [0x09, [info('Device Disabled', { bySensorType: missedParts }), info('Device Enabled')]],
  [
    0x0a,
    [
      info('Transition to Running'),
      info('Transition to In Test'),
      info('Transition to Power Off'),
      info('Transition to On Line'),
      info('Transition to Off Line', { bySensorType: missedParts }),
      info('Transition to Off Duty'),
      warning('Transition to Degraded'),
      info('Transition to Power Save'),
      warning('Install Error'),
    ],
  ],
  [
    0x0b,
    [
      info('Fully Redundant', { deasserted: 'warning' }),
      warning('Redundancy Lost'),
      warning('Redundancy Degraded'),
      warning('Non-Redundant: Sufficient from Redundant'),
      warning('Non-Redundant: Sufficient from Insufficient'),
      critical('Non-Redundant: Insufficient Resources'),
      warning('Redundancy Degraded from Fully Redundant'),
      warning('Redundancy Degraded from Non-Redundant'),
    ],
  ],
  [0x0c, [info('D0 Power State'), info('D1 Power State'), info('D2 Power State'), info('D3 Power State')]],
]);
