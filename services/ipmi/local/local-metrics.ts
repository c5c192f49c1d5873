import type { Metric, Reading, SensorKind, Thresholds } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';
import { rounded, statusByThresholds, thresholdsInForce, visible, worst } from '../sensors/index.ts';
import type { LocalRequest } from './read-local.ts';
import type { Sample } from './sample.ts';

interface Figure {
  readonly sensor: string;
  readonly sensorKind: SensorKind;
  readonly value: number | undefined;
  readonly unit?: string;
  readonly limits?: Thresholds;
}

/** Where logpatrol becomes uneasy without being told to; `ipmi.limits` say otherwise by these sensors' names. */
const busyProcessor: Thresholds = { upperWarning: 95 };
const fullMemory: Thresholds = { upperWarning: 90, upperCritical: 97 };
const fullSwap: Thresholds = { upperWarning: 80 };
/** It has hardly a moment without a request. That is bad where it lasts: a backup may do so for minutes. */
const busyDisk: Thresholds = { upperWarning: 98 };

/** What a sample says, as readings and one status. */
export function localMetrics(sample: Sample, request: LocalRequest, tookMs: number): Metric[] {
  const { host, at } = request;
  const common = {
    timestamp: new Date(at).toISOString(),
    source: 'system' as const,
    server: host,
    host,
  };
  const readings = figuresOf(sample, request).flatMap((figure) => readingOf(figure, common, request));
  return [
    ...readings,
    {
      kind: 'status',
      id: metricId({ source: 'system', server: host, at }, ''),
      ...common,
      outcome: 'ok',
      failures: 0,
      tookMs: Math.max(0, Math.round(tookMs)),
      power: 'on',
      health: worst(readings),
      temperatureMean: rounded(sample.temperature),
      cpuPercent: rounded(sample.cpuPercent),
      memoryPercent: rounded(sample.memoryPercent),
    },
  ];
}

function figuresOf(sample: Sample, { disk }: LocalRequest): Figure[] {
  const percent = (sensor: string, value: number | undefined, limits: Thresholds = {}): Figure => ({
    sensor,
    sensorKind: 'percent',
    value,
    unit: '%',
    limits,
  });
  const rate = (sensor: string, value: number): Figure => ({
    sensor,
    sensorKind: 'rate',
    value,
    unit: 'By/s',
  });
  const fullDisk: Thresholds = { upperWarning: disk.warning, upperCritical: disk.critical };
  return [
    percent('CPU usage', sample.cpuPercent, busyProcessor),
    { sensor: 'CPU temperature', sensorKind: 'temperature', value: sample.temperature, unit: 'Cel' },
    { sensor: 'Load average', sensorKind: 'other', value: sample.load },
    percent('Memory usage', sample.memoryPercent, fullMemory),
    percent('Swap usage', sample.swapPercent, fullSwap),
    ...sample.fileSystems.map(({ mount, use }) => percent(`File system ${mount}`, use, fullDisk)),
    ...sample.disks.flatMap(({ name, readPerSecond, writtenPerSecond, busyPercent }) => [
      rate(`Disk ${name} read`, readPerSecond),
      rate(`Disk ${name} written`, writtenPerSecond),
      percent(`Disk ${name} busy`, busyPercent, busyDisk),
    ]),
  ];
}

function readingOf(
  { sensor: name, sensorKind, value: exact, unit, limits: own = {} }: Figure,
  common: Pick<Reading, 'timestamp' | 'source' | 'server' | 'host'>,
  { host, at, limits }: LocalRequest,
): Reading[] {
  const value = rounded(exact);
  if (value === undefined) return [];
  const sensor = visible(name, 128);
  const { thresholds, setBy, isIgnored } = thresholdsInForce(
    own,
    { names: [sensor], kind: sensorKind, server: host, group: undefined },
    limits,
  );
  const hasLimits = Object.values(thresholds).some((limit) => limit !== undefined);
  return [
    {
      kind: 'reading',
      id: metricId({ source: 'system', server: host, at }, sensor),
      ...common,
      sensor,
      sensorKind,
      value,
      unit,
      status: isIgnored ? 'ok' : statusByThresholds(value, thresholds),
      thresholds: hasLimits ? thresholds : undefined,
      judgedBy: isIgnored ? 'config' : hasLimits ? (setBy ?? 'default') : undefined,
      ignored: isIgnored ? true : undefined,
    },
  ];
}
