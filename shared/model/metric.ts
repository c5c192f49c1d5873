import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** What a sensor measures. `state`: discrete, it has `states` in place of a value. `count`: events since the last reading, such as corrected memory errors. */
export const SensorKind = z.enum([
  'temperature',
  'fan',
  'voltage',
  'current',
  'power',
  'percent',
  'rate',
  'count',
  'state',
  'other',
]);
export type SensorKind = z.infer<typeof SensorKind>;

/** By its thresholds, the worst first: `unknown` where the sensor gives nothing now, `absent` where there is no such part. */
export const SensorStatus = z.enum(['critical', 'warning', 'ok', 'unknown', 'absent']);
export type SensorStatus = z.infer<typeof SensorStatus>;

/** Where a reading becomes a warning, critical, or beyond what the hardware bears; in the unit of the reading. */
export const Thresholds = z.object({
  lowerNonRecoverable: z.number().optional(),
  lowerCritical: z.number().optional(),
  lowerWarning: z.number().optional(),
  upperWarning: z.number().optional(),
  upperCritical: z.number().optional(),
  upperNonRecoverable: z.number().optional(),
});
export type Thresholds = z.infer<typeof Thresholds>;

/** `ipmi`: from a BMC, out of band. `system`: from the machine's own operating system. */
export const MetricSource = z.enum(['ipmi', 'system']);
export type MetricSource = z.infer<typeof MetricSource>;

const common = {
  /** Deterministic: server, sensor and moment. */
  id: z.string(),
  timestamp: Timestamp,
  source: MetricSource,
  /** Name in the list of servers; of the local machine its host name. */
  server: z.string(),
  /** As the machine calls itself in its logs: what findings are told by. */
  host: z.string(),
  /** Group of hosts that it belongs to (rack, model, …), where the list names one. */
  group: z.string().optional(),
};

/** One reading of one sensor, on `metrics.<source>`. Key: `host`, so that all of a machine's sensors are on one partition, in order. */
export const Reading = z.object({
  kind: z.literal('reading'),
  ...common,
  /** Name by the BMC, trimmed. Hostile text. */
  sensor: z.string(),
  sensorNumber: z.number().int().min(0).max(255).optional(),
  sensorKind: SensorKind,
  /** As IPMI names the part it belongs to, such as `Processor 1`. */
  entity: z.string().optional(),
  value: z.number().optional(),
  /** `Cel`, `RPM`, `V`, `A`, `W`, `%`, `/s`, `By/s`; absent for states. */
  unit: z.string().optional(),
  /** What a discrete sensor says is so, in the words of the IPMI specification. */
  states: z.array(z.string()).optional(),
  status: SensorStatus,
  /** The thresholds in force: the BMC's own, overridden by the configuration. */
  thresholds: Thresholds.optional(),
  /** Whose thresholds or states decided the status. */
  judgedBy: z.enum(['bmc', 'config', 'state', 'default']).optional(),
  /** The configuration says that this sensor is kept and never judged. */
  ignored: z.literal(true).optional(),
});
export type Reading = z.infer<typeof Reading>;

/** How asking a BMC ended. `unreachable` is no failure of the server; `refused`: user, password or privilege; `invalid`: an answer that makes no sense. */
export const PollOutcome = z.enum(['ok', 'unreachable', 'refused', 'invalid']);
export type PollOutcome = z.infer<typeof PollOutcome>;

/** One server at one poll as a whole, on `metrics.<source>`, after its readings. */
export const ServerStatus = z.object({
  kind: z.literal('status'),
  ...common,
  outcome: PollOutcome,
  /** Why not `ok`, one clear line without secrets. */
  reason: z.string().optional(),
  /** Polls in a row that were not `ok`, this one included. */
  failures: z.number().int().nonnegative(),
  /** So many of them may fail before it is told: `maxRetries` of the server. Absent: as the configuration says for all. */
  maxRetries: z.number().int().nonnegative().optional(),
  /** Time that the poll took. */
  tookMs: z.number().int().nonnegative(),
  power: z.enum(['on', 'off', 'unknown']),
  /** The worst of its sensors. */
  health: SensorStatus,
  /** Mean of its temperatures in °C, slowest fan in RPM, sum of power readings that are of the whole machine, in W. */
  temperatureMean: z.number().optional(),
  fanMin: z.number().optional(),
  powerWatts: z.number().optional(),
  /** Of the machine's own operating system, where logpatrol runs on it; percent. */
  cpuPercent: z.number().optional(),
  memoryPercent: z.number().optional(),
  /** Records in the system event log, how full it is in percent, and whether it refuses more. */
  sel: z
    .object({
      entries: z.number().int().nonnegative(),
      percentUsed: z.number().optional(),
      overflow: z.boolean(),
    })
    .optional(),
  /** The BMC's clock minus ours, in milliseconds, where it was measured. */
  clockOffsetMs: z.number().int().optional(),
});
export type ServerStatus = z.infer<typeof ServerStatus>;

/** A record of `metrics.<source>`. */
export const Metric = z.discriminatedUnion('kind', [Reading, ServerStatus]);
export type Metric = z.infer<typeof Metric>;
