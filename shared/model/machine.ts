import { z } from 'zod';
import { PollOutcome, SensorKind, SensorStatus, Thresholds } from './metric.ts';
import { Timestamp } from './timestamp.ts';

/** One sensor as a finding shows it, with its last hours. */
export const MachineReading = z.object({
  sensor: z.string(),
  sensorKind: SensorKind,
  value: z.number().optional(),
  unit: z.string().optional(),
  states: z.array(z.string()).optional(),
  status: SensorStatus,
  thresholds: Thresholds.optional(),
  /** Means of equal parts of time, the oldest first: `stepMs` each, from `startAt` (milliseconds since the epoch); null where there is none. The last is the newest value itself. */
  trend: z
    .object({
      startAt: z.number().int(),
      stepMs: z.number().int().positive(),
      means: z.array(z.number().nullable()).max(60),
    })
    .optional(),
});
export type MachineReading = z.infer<typeof MachineReading>;

/** What the BMC and the machine's own operating system say of a host at about the time of a finding. */
export const MachineState = z.object({
  host: z.string(),
  server: z.string(),
  at: Timestamp,
  outcome: PollOutcome,
  power: z.enum(['on', 'off', 'unknown']),
  health: SensorStatus,
  cpuPercent: z.number().optional(),
  memoryPercent: z.number().optional(),
  /** What matters most first: not ok before ok, those that the finding is about before others; capped. */
  readings: z.array(MachineReading).max(12),
});
export type MachineState = z.infer<typeof MachineState>;
