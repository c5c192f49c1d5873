import { z } from 'zod';
import { plainUrl, seconds } from './values.ts';

/** The host can stand in its path and its query alone: no name from a log decides who is asked. */
const inventoryUrl = plainUrl.refine((url) => {
  const [one, other] = ['a1', 'b2'].map((host) => URL.parse(url.replaceAll('{host}', host)));
  if (!one || !other) return false;
  return one.origin === other.origin && one.pathname + one.search !== other.pathname + other.search;
}, 'must have {host} in its path or query');

/** Where the inventory of hosts is. */
export const AssetsConfig = z
  .strictObject({
    file: z.string().min(1).optional().describe('CSV or YAML of hosts; read again when it changes.'),
    url: inventoryUrl
      .optional()
      .describe('Address of the inventory, with {host} for the name or address; answers a JSON object.'),
    token: z.string().min(1).optional().describe('Sent to that address as a bearer token.'),
    timeoutSeconds: seconds(0.1, 60, 3),
    cacheMinutes: z.number().min(0.1).max(10_080).default(60).describe('How long an answer is used.'),
  })
  .refine(({ file, url }) => (file === undefined) !== (url === undefined), 'give either file or url');
