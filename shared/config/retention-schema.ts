import { z } from 'zod';

const gigabytes = (fallback: number) =>
  z
    .number()
    .min(0.001)
    .max(1000)
    .default(fallback)
    .describe('A new index is begun when a primary shard has become so large.');
const rolloverDays = (fallback: number) =>
  z
    .number()
    .min(0.01)
    .max(365)
    .default(fallback)
    .describe('A new index is begun when it has become so old, however small it is.');
const phaseDays = (fallback: number, what: string) =>
  z.number().min(0).max(3650).default(fallback).describe(what);
const keptDays = (fallback: number, what: string) =>
  z.number().min(0.01).max(3650).default(fallback).describe(what);

const warm = 'Merged, made read-only and moved to warm nodes, so long after its index was closed.';
const cold = 'Moved to cold nodes, so long after its index was closed.';

/** How data streams of one kind move through the tiers before they are deleted. */
const tiers = (fallback: { warm: number; cold: number; gigabytes: number; days: number }) =>
  z
    .strictObject({
      rolloverGigabytes: gigabytes(fallback.gigabytes),
      rolloverDays: rolloverDays(fallback.days),
      warmAfterDays: phaseDays(fallback.warm, warm),
      coldAfterDays: phaseDays(fallback.cold, cold),
    })
    .prefault({});

/** How long what is kept is kept. */
export const RetentionConfig = z.strictObject({
  logsDays: z.number().min(0.01).max(365).default(2).describe('How long the bus keeps log lines.'),
  metricsDays: keptDays(90, 'How long the store keeps readings of sensors, whichever store it is.'),
  findingsDays: keptDays(
    365,
    'How long the store keeps findings that are resolved, whichever store it is; open ones stay.',
  ),
  deliveriesDays: keptDays(90, 'How long the store keeps what became of messages, whichever store it is.'),
  auditDays: keptDays(365, 'How long the store keeps who did what, whichever store it is.'),
  embeddedGigabytes: z
    .number()
    .min(0.05)
    .max(10_000)
    .default(10)
    .describe('How much the embedded bus and store may take on disk in all; the oldest log lines go first.'),
  elasticsearch: z
    .strictObject({
      logs: z
        .strictObject({
          rolloverGigabytes: gigabytes(50),
          rolloverDays: rolloverDays(1),
          warmAfterDays: phaseDays(2, warm),
          coldAfterDays: phaseDays(10, cold),
          deleteAfterDays: keptDays(
            30,
            'How long log lines are kept, counted from when their index was closed.',
          ),
          shrink: z
            .boolean()
            .default(false)
            .describe(
              'Whether an index becomes one of fewer shards when it turns warm; worth it where types of many shards roll over by age.',
            ),
        })
        .prefault({}),
      metrics: tiers({ warm: 7, cold: 30, gigabytes: 10, days: 7 }),
      deliveries: tiers({ warm: 7, cold: 30, gigabytes: 10, days: 30 }),
      audit: tiers({ warm: 7, cold: 90, gigabytes: 10, days: 30 }),
    })
    .prefault({})
    .describe(
      'How data moves from hot nodes to warm and cold ones; a phase that would begin no earlier than deletion is left out.',
    ),
});
export type RetentionConfig = z.infer<typeof RetentionConfig>;
