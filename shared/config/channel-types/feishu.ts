import { z } from 'zod';
import { plainUrl } from '../values.ts';
import { called } from './shared.ts';

/** A Feishu group's custom bot. The platform allows 5 calls a second and 100 a minute a bot. */
export const settings = z.strictObject({
  type: z.literal('feishu'),
  webhook: plainUrl.describe("The custom bot's address; a secret."),
  secret: z
    .string()
    .min(1)
    .optional()
    .describe("The custom bot's signing secret; without it messages are not signed."),
  ...called(4, 90),
});
