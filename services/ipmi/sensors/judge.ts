import type { Reading, SensorStatus, Thresholds } from '#shared/model/index.ts';
import type { SensorReading } from '../inspection.ts';
import type { InForce } from './limits.ts';
import { statusOfStates } from './states.ts';

export type Judgement = Pick<Reading, 'status' | 'judgedBy'>;

/** By IPMI 2.0, table 42-2: at a threshold is beyond it. Beyond what the hardware bears is critical. */
export function statusByThresholds(value: number, limits: Thresholds): SensorStatus {
  const isAbove = (limit: number | undefined) => limit !== undefined && value >= limit;
  const isBelow = (limit: number | undefined) => limit !== undefined && value <= limit;
  if (isAbove(limits.upperCritical) || isAbove(limits.upperNonRecoverable)) return 'critical';
  if (isBelow(limits.lowerCritical) || isBelow(limits.lowerNonRecoverable)) return 'critical';
  return isAbove(limits.upperWarning) || isBelow(limits.lowerWarning) ? 'warning' : 'ok';
}

const byBmc = { ok: 'ok', nc: 'warning', cr: 'critical', nr: 'critical' } as const;

/** Sensors that fall to nothing when a machine is switched off, which is no failure. */
const fedByPower: ReadonlySet<string> = new Set(['fan', 'voltage', 'current', 'power']);

/** Of parts of these the state that is always there is `Presence detected`; without it the place is empty. */
const saysPresence = /^(?:power supply|disk|drive)/i;

export interface Circumstances {
  readonly power: 'on' | 'off' | 'unknown';
  /** True where another sensor says that the part is not there. */
  readonly isAbsent: boolean;
}

/**
 * Judges one sensor: by its states, where it has some; by its value, where it has one: by the configuration's limits, if there are any,
 * else as the BMC itself says, which knows its hysteresis, and where that says nothing by the BMC's thresholds. The worse counts.
 */
export function judge(sensor: SensorReading, inForce: InForce, circumstances: Circumstances): Judgement {
  const { kind, value, states, status, entity = '' } = sensor;
  const isDiscrete = kind === 'state' || (value === undefined && states.length > 0);
  const hasReading = status !== 'ns' && (isDiscrete || value !== undefined);
  if (!hasReading && circumstances.isAbsent) return { status: 'absent', judgedBy: 'state' };
  if (inForce.isIgnored) return { status: hasReading ? 'ok' : 'unknown', judgedBy: 'config' };
  if (!hasReading) return { status: 'unknown' };
  const byStates = statusOfStates(states);
  if (isDiscrete)
    return {
      status: states.length === 0 && saysPresence.test(entity) ? 'absent' : byStates,
      judgedBy: 'state',
    };
  const byValue = judgeValue(sensor, inForce, circumstances);
  const isWorse = byStates === 'critical' || (byStates === 'warning' && byValue.status !== 'critical');
  return isWorse || byStates === 'absent' ? { status: byStates, judgedBy: 'state' } : byValue;
}

function judgeValue(
  { kind, value = Number.NaN, status }: SensorReading,
  { thresholds, setBy }: InForce,
  { power }: Circumstances,
): Judgement {
  const byThresholds = statusByThresholds(value, thresholds);
  const found = setBy !== undefined || status === 'unknown' || status === 'ns' ? byThresholds : byBmc[status];
  const isSwitchedOff =
    power === 'off' && fedByPower.has(kind) && found !== 'ok' && !isTooHigh(value, thresholds);
  return isSwitchedOff ? { status: 'unknown' } : { status: found, judgedBy: setBy ?? 'bmc' };
}

function isTooHigh(value: number, { upperWarning, upperCritical, upperNonRecoverable }: Thresholds): boolean {
  return statusByThresholds(value, { upperWarning, upperCritical, upperNonRecoverable }) !== 'ok';
}
