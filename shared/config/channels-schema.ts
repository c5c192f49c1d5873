import { z } from 'zod';
import { personalKinds } from '#shared/text/masking/index.ts';
import { plainUrl, seconds } from './values.ts';

const reveal = z
  .array(z.enum(personalKinds))
  .default([])
  .describe('Kinds of values that people may see there; every other is masked, and secrets always are.');

const ConsoleChannel = z.strictObject({ type: z.literal('console'), reveal });

const FeishuChannel = z.strictObject({
  type: z.literal('feishu'),
  webhook: plainUrl.describe("The custom bot's address; a secret."),
  secret: z
    .string()
    .min(1)
    .optional()
    .describe("The custom bot's signing secret; without it messages are not signed."),
  perSecond: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(4)
    .describe('The platform allows 5 a second and 100 a minute a bot; stay below.'),
  perMinute: z.number().min(1).max(600_000).default(90).describe('See perSecond.'),
  inFlight: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('Calls under way at once; after a crash so many cards can repeat.'),
  timeoutSeconds: seconds(1, 120, 10),
  reveal,
});

/** One channel, by its type. */
export const ChannelConfig = z.discriminatedUnion('type', [ConsoleChannel, FeishuChannel]);
export type ChannelConfig = z.infer<typeof ChannelConfig>;
export type FeishuChannelConfig = z.infer<typeof FeishuChannel>;
