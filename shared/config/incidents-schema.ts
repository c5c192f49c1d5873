import { z } from 'zod';

/** When incidents end, begin again, and belong together. */
export const IncidentsConfig = z.strictObject({
  quietMinutes: z.number().min(0.01).max(10_080).default(30).describe('No line for so long: resolved.'),
  reopenHours: z
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('A line within so long after the resolution reopens the incident; then it is forgotten.'),
  oldAfterMinutes: z
    .number()
    .min(1)
    .max(525_600)
    .default(60)
    .describe('Lines older than this when they are read make findings, marked old, and no cards.'),
  flapping: z
    .strictObject({
      openings: z
        .number()
        .int()
        .min(1)
        .max(20)
        .default(3)
        .describe('An incident that is reopened more often than this within the time is flapping.'),
      withinMinutes: z
        .number()
        .min(0.01)
        .max(10_080)
        .default(60)
        .describe('The time; one that is flapping is held open until it has been quiet for all of it.'),
    })
    .prefault({}),
  relateMinutes: z
    .number()
    .min(0)
    .max(1440)
    .default(10)
    .describe(
      'An incident that opens within so long of one of a service that its own depends on is taken in by it.',
    ),
});
