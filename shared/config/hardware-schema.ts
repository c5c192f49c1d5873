import { z } from 'zod';
import { inOrder, seconds } from './values.ts';

/** How events and readings of hardware are judged. */
export const HardwareConfig = z.strictObject({
  partitions: z.number().int().min(1).max(1024).default(4).describe('Partitions of `metrics.<source>`.'),
  healSeconds: seconds(0, 3600, 60).describe(
    'An event below critical that is taken back within so long healed by itself: it is kept, and nobody is told.',
  ),
  flapping: z
    .strictObject({
      times: z.number().int().min(2).max(1000).default(3),
      withinMinutes: z.number().min(1).max(1440).default(60),
    })
    .prefault({})
    .describe('Healed so often within so long: it is flapping, which is told.'),
  eccPerDay: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(24)
    .describe('Corrected memory errors of one module within a day that are too many.'),
  confirmPolls: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(2)
    .describe('Readings in a row beyond a limit before it is a finding; critical ones at once.'),
  learn: z
    .strictObject({
      enabled: z.boolean().default(true),
      minDays: z.number().min(0.01).max(90).default(3).describe('No alarm until the history is so long.'),
    })
    .prefault({})
    .describe("Limits learned from each sensor's own history."),
  forecastHours: z
    .number()
    .min(1)
    .max(720)
    .default(24)
    .describe('A reading that will cross its limit within so long is told, where its trend is sound.'),
  fanDropPercent: z
    .number()
    .min(1)
    .max(90)
    .default(10)
    .describe('A fan that has become slower by so much over days, at like temperature.'),
  disk: z
    .strictObject({
      warning: z.number().min(1).max(100).default(85),
      critical: z.number().min(1).max(100).default(95),
    })
    .superRefine(inOrder)
    .prefault({})
    .describe('Percent of a local file system in use.'),
  local: z
    .strictObject({
      enabled: z.boolean().default(true),
      intervalSeconds: seconds(5, 3600, 30),
    })
    .prefault({})
    .describe('Processor, memory, disks of the machine that the service ipmi runs on.'),
  megabytes: z
    .number()
    .min(1)
    .max(4096)
    .default(64)
    .describe('Of memory for the histories of one partition.'),
});
export type HardwareConfig = z.infer<typeof HardwareConfig>;
