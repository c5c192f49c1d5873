import { z } from 'zod';
import { clockTime, timeZone } from './values.ts';

/** The nightly work on the store. */
export const HousekeepingConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the service does its nightly work.'),
  at: clockTime.default('02:00').describe('When it begins, by the clock in its zone.'),
  timeZone: timeZone.optional().describe('IANA name; absent: the zone of the logpatrol process (TZ).'),
  forceMergeHours: z
    .number()
    .min(0)
    .max(12)
    .default(2)
    .describe('No further index is merged after so long; the rest waits for the next night. 0: none is.'),
  disk: z
    .strictObject({
      warning: z.number().min(1).max(100).default(80),
      critical: z.number().min(1).max(100).default(90),
    })
    .refine(({ warning, critical }) => warning <= critical, 'warning must not be above critical')
    .prefault({})
    .describe("Percent in use of the disks of Elasticsearch's nodes, or of the data folder's."),
});
export type HousekeepingConfig = z.infer<typeof HousekeepingConfig>;

const basePath = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, 'use letters, digits, . _ - and /')
  .optional()
  .describe('Folder in the bucket.');

/** Where snapshots of the store go. */
export const SnapshotsConfig = z.strictObject({
  folder: z
    .string()
    .min(1)
    .optional()
    .describe('Of the embedded bus and store: a folder, best on another disk. Absent: none are taken.'),
  repository: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('fs'),
        location: z
          .string()
          .min(1)
          .describe("A folder that every node has, below Elasticsearch's path.repo."),
      }),
      z.strictObject({
        type: z.literal('s3'),
        bucket: z.string().min(1).max(255),
        basePath,
        client: z
          .string()
          .regex(/^[a-z0-9_-]{1,60}$/, 'use lower-case letters, digits, - and _')
          .default('default')
          .describe(
            "Whose endpoint and keys are used: s3.client.<client>.* in Elasticsearch's settings and keystore.",
          ),
      }),
    ])
    .optional()
    .describe('Of Elasticsearch. Absent: no snapshots are taken.'),
  schedule: z
    .string()
    .regex(/^[0-9*?/,A-Za-z# -]{9,60}$/, 'use a cron expression as 0 30 17 * * ?')
    .default('0 30 17 * * ?')
    .describe('When Elasticsearch takes one by itself: its cron expression, in UTC.'),
  keepDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(14)
    .describe('How long they are kept; the three newest always are.'),
  maxAgeHours: z
    .number()
    .min(1)
    .max(24 * 32)
    .default(26)
    .describe('The newest complete one must not be older.'),
  restoreProbe: z
    .boolean()
    .default(true)
    .describe('Whether one small index is restored under another name each night, and counted.'),
});
export type SnapshotsConfig = z.infer<typeof SnapshotsConfig>;
