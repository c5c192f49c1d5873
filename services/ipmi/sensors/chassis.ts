import type { Reading } from '#shared/model/index.ts';
import type { ChassisFault, ChassisState } from '../inspection.ts';

type ChassisReading = Pick<Reading, 'sensor' | 'sensorKind' | 'states' | 'status' | 'judgedBy' | 'entity'>;

/** What each fault is. */
const severities: Readonly<Record<ChassisFault, 'critical' | 'warning'>> = {
  'drive fault': 'critical',
  'cooling fault': 'critical',
  'power overload': 'critical',
  'main power fault': 'critical',
  'power control fault': 'critical',
  'power interlock': 'warning',
  intrusion: 'warning',
};

/** What the sensors of the chassis are called. No other sensor may have these names. */
export const chassisSensors: ReadonlySet<string> = new Set(Object.keys(severities).map(nameOf));

/**
 * Each fault that a chassis can state is a sensor of its own, so that one that is gone is seen to be gone. Of a BMC that does not say
 * there are none: what cannot be seen has not healed.
 */
export function chassisReadings({ faults }: ChassisState): ChassisReading[] {
  if (faults === undefined) return [];
  const stated = new Set<string>(faults);
  return Object.entries(severities).map(([fault, severity]) => ({
    sensor: nameOf(fault),
    sensorKind: 'state',
    entity: 'Chassis',
    states: stated.has(fault) ? [fault] : [],
    status: stated.has(fault) ? severity : 'ok',
    judgedBy: 'state',
  }));
}

function nameOf(fault: string): string {
  return `Chassis ${fault}`;
}
