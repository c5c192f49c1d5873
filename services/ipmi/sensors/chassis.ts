import type { Reading } from '#shared/model/index.ts';
import type { ChassisState } from '../inspection.ts';
import { visible } from './names.ts';

type ChassisReading = Pick<Reading, 'sensor' | 'sensorKind' | 'states' | 'status' | 'judgedBy' | 'entity'>;

/** Faults that every BMC's chassis status has a bit for: IPMI 2.0, table 28-3, bytes 2 and 4. */
const known = {
  'drive fault': 'critical',
  'cooling fault': 'critical',
  'power overload': 'critical',
  'main power fault': 'critical',
  'power control fault': 'critical',
  'power interlock': 'warning',
  intrusion: 'warning',
} as const;
const status: ReadonlyMap<string, 'critical' | 'warning'> = new Map(Object.entries(known));

/** Of others that a BMC may state. */
const maxOthers = 16;

/** Each fault that a chassis can state is a sensor of its own, so that one that is gone is seen to be gone. */
export function chassisReadings({ faults }: ChassisState): ChassisReading[] {
  const stated = new Set(
    faults.slice(0, maxOthers).map((fault) =>
      visible(fault, 40)
        .toLowerCase()
        .replace(/^chassis /, ''),
    ),
  );
  const others = [...stated].filter((fault) => fault !== '' && !status.has(fault));
  return [...status.keys(), ...others].map((fault) => ({
    sensor: `Chassis ${fault}`,
    sensorKind: 'state',
    entity: 'Chassis',
    states: stated.has(fault) ? [fault] : [],
    status: stated.has(fault) ? (status.get(fault) ?? 'warning') : 'ok',
    judgedBy: 'state',
  }));
}
