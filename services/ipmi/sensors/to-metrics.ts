import type { Metric, Reading, ServerStatus, Thresholds } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';
import type { Bmc, BmcTrouble, ChassisState, SelInfo, SensorReading } from '../inspection.ts';
import { chassisReadings, chassisSensors } from './chassis.ts';
import { judge } from './judge.ts';
import { type Limits, thresholdsInForce } from './limits.ts';
import { distinctNames, visible } from './names.ts';
import { rounded } from './rounded.ts';
import { statusOfStates } from './states.ts';
import { fanMin, powerWatts, temperatureMean, worst } from './whole.ts';

/** What a poll of a BMC came to. */
export type PollResult =
  | {
      readonly outcome: 'ok';
      readonly chassis: ChassisState;
      readonly sensors: readonly SensorReading[];
      readonly sel?: SelInfo | undefined;
      /** The BMC's clock minus ours, in milliseconds. */
      readonly clockOffsetMs?: number | undefined;
    }
  | {
      readonly outcome: BmcTrouble['outcome'];
      /** One clear line without secrets. */
      readonly reason: string;
    };

export interface Poll {
  readonly bmc: Pick<Bmc, 'name' | 'hostName' | 'group' | 'maxRetries'>;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  /** Polls in a row that were not `ok`, this one included. */
  readonly failures: number;
  readonly result: PollResult;
  /** `ipmi.limits`. */
  readonly limits: Limits;
  /** Of the operating system, where logpatrol runs on this very machine; percent. */
  readonly local?:
    | { readonly cpuPercent?: number | undefined; readonly memoryPercent?: number | undefined }
    | undefined;
}

/** Text of a BMC is cut to so many characters, and states to so many. */
const maxText = 120;
const maxStates = 16;

/** The readings of a poll, in the order in which the BMC has its sensors, then the chassis's own, then the status of the whole server. */
export function toMetrics(poll: Poll): Metric[] {
  const { bmc, at, tookMs, failures, result, local } = poll;
  const common = {
    timestamp: new Date(at).toISOString(),
    source: 'ipmi' as const,
    server: bmc.name,
    host: bmc.hostName,
    group: bmc.group,
  };
  const status = {
    kind: 'status' as const,
    id: metricId({ source: 'ipmi', server: bmc.name, at }, ''),
    ...common,
    failures,
    maxRetries: bmc.maxRetries,
    tookMs: Math.max(0, Math.round(tookMs)),
    cpuPercent: rounded(local?.cpuPercent),
    memoryPercent: rounded(local?.memoryPercent),
  } satisfies Partial<ServerStatus>;
  if (result.outcome !== 'ok')
    return [
      {
        ...status,
        outcome: result.outcome,
        reason: visible(result.reason, 500),
        power: 'unknown',
        health: 'unknown',
      },
    ];
  const ofChassis = chassisReadings(result.chassis).map((reading) => ({
    kind: 'reading' as const,
    id: metricId({ source: 'ipmi', server: bmc.name, at }, reading.sensor),
    ...common,
    ...reading,
  }));
  const names = distinctNames(result.sensors, chassisSensors);
  const readings = [...readingsOf(poll, result.sensors, names, result.chassis.power, common), ...ofChassis];
  const { sel, clockOffsetMs, chassis } = result;
  return [
    ...readings,
    {
      ...status,
      outcome: 'ok',
      power: chassis.power,
      health: worst(readings),
      temperatureMean: temperatureMean(readings),
      fanMin: fanMin(readings),
      powerWatts: powerWatts(readings),
      sel: sel && { entries: sel.entries, percentUsed: sel.percentUsed, overflow: sel.overflow },
      clockOffsetMs: clockOffsetMs === undefined ? undefined : Math.round(clockOffsetMs),
    },
  ];
}

function readingsOf(
  { bmc, at, limits }: Poll,
  sensors: readonly SensorReading[],
  names: readonly string[],
  power: ChassisState['power'],
  common: Pick<Reading, 'timestamp' | 'source' | 'server' | 'host' | 'group'>,
): Reading[] {
  const absent = absentEntities(sensors);
  return sensors.map((found, index) => {
    const sensor = names[index] ?? found.name;
    const one = finite(found);
    const inForce = thresholdsInForce(
      one.thresholds,
      // What the BMC calls it, and what we do: people write patterns for what they see.
      { names: [found.name.trim(), sensor], kind: one.kind, server: bmc.name, group: bmc.group },
      limits,
    );
    const isAbsent = one.entity !== undefined && absent.has(one.entity);
    const { status, judgedBy } = judge(one, inForce, { power, isAbsent });
    const hasLimits =
      one.kind !== 'state' && Object.values(inForce.thresholds).some((limit) => limit !== undefined);
    return {
      kind: 'reading',
      id: metricId({ source: 'ipmi', server: bmc.name, at }, sensor),
      ...common,
      sensor,
      sensorNumber: one.number,
      sensorKind: one.kind,
      entity: one.entity === undefined ? undefined : visible(one.entity, maxText),
      value: one.status === 'ns' ? undefined : one.value,
      unit: one.unit === undefined ? undefined : visible(one.unit, 32),
      states:
        one.kind === 'state' || one.states.length > 0
          ? one.states.slice(0, maxStates).map((state) => visible(state, maxText))
          : undefined,
      status,
      thresholds: hasLimits ? inForce.thresholds : undefined,
      judgedBy,
      ignored: inForce.isIgnored ? true : undefined,
    };
  });
}

/** Entities that a presence sensor calls absent. */
function absentEntities(sensors: readonly SensorReading[]): Set<string> {
  return new Set(
    sensors.flatMap(({ entity, kind, states }) =>
      entity !== undefined && kind === 'state' && statusOfStates(states) === 'absent' ? [entity] : [],
    ),
  );
}

/** No sensor measures more; beyond it sums would lose themselves. */
const mostMeasured = 1e15;

/** Without what is no number. */
function finite(found: SensorReading): SensorReading {
  const isMeasure = (value: number | undefined) => value !== undefined && Math.abs(value) <= mostMeasured;
  const thresholds: Thresholds = Object.fromEntries(
    Object.entries(found.thresholds).filter(([, limit]) => isMeasure(limit)),
  );
  return { ...found, thresholds, value: isMeasure(found.value) ? found.value : undefined };
}
