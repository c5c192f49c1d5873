import { z } from 'zod';
import { plainUrl } from '../values.ts';
import { called } from './shared.ts';

/** A Slack incoming webhook. Slack allows about one message a second, with short bursts. */
export const settings = z.strictObject({
  type: z.literal('slack'),
  webhook: plainUrl.describe("The incoming webhook's address; a secret."),
  ...called(1, 50),
});
