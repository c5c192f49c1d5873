import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What is accepted of what npm packages bring: `accepted.yaml`. */
export const Accepted = z.strictObject({
  licences: z.array(z.string().min(1)),
  advisories: z.array(
    z.strictObject({
      id: z.string().regex(/^GHSA(?:-[0-9a-z]{4}){3}$/),
      package: z.string().min(1),
      reason: z.string().min(10),
      /** The last day on which it is accepted (UTC). */
      until: z.iso.date(),
    }),
  ),
});
export type Accepted = z.infer<typeof Accepted>;

export function readAccepted(): Accepted {
  const text = readFileSync(new URL('accepted.yaml', import.meta.url), 'utf8');
  return Accepted.parse(parse(text));
}
