import { z } from 'zod';
import { plainUrl } from '../values.ts';
import { called } from './shared.ts';

/** Any HTTP server of the user's own. */
export const settings = z.strictObject({
  type: z.literal('webhook'),
  webhook: plainUrl.describe('The address that messages are posted to; taken for a secret.'),
  secret: z
    .string()
    .min(16, 'use at least 16 characters')
    .optional()
    .describe('Signs each request (HMAC-SHA256 over time and body); without it they are not signed.'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, "a header's name has letters, digits and - only"),
      z.string().regex(/^[\x20-\x7e]*$/, 'use printable ASCII'),
    )
    .default({})
    .describe('Sent with each request; their values are taken for secrets.'),
  ...called(10, 300),
});
