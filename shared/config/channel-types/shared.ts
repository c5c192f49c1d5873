import { z } from 'zod';
import { personalKinds } from '#shared/text/masking/index.ts';
import { seconds } from '../values.ts';

/** Settings that every channel has. */
export const common = {
  reveal: z
    .array(z.enum(personalKinds))
    .default([])
    .describe('Kinds of values that people may see there; every other is masked, and secrets always are.'),
  actions: z.boolean().default(true).describe('Whether its cards have buttons, where it can have them.'),
};

/** Settings of every channel that is called over HTTP. */
export const called = (perSecond: number, perMinute: number) => ({
  ...common,
  perSecond: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(perSecond)
    .describe('Calls within any second; stay below what the platform allows.'),
  perMinute: z.number().min(1).max(600_000).default(perMinute).describe('Calls within any minute.'),
  inFlight: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('Calls under way at once; after a crash so many cards can repeat.'),
  timeoutSeconds: seconds(1, 120, 10),
  downAfterSeconds: seconds(1, 3600, 30).describe(
    'Failing for so long: its fallback channels take over what waits for it.',
  ),
});
