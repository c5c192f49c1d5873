import { z } from 'zod';

/** An incident's id: `<domain partition>-<fingerprint>-<opened, base 36 ms>`. */
const incidentId = /\b\d+-[0-9a-f]{16}-[0-9a-z]+\b/g;

/** The incidents that a card names by their ids, as people see it: in its footer, its list of members, or a digest's rows. */
export function namedIn(seen: { readonly title: string; readonly text: string }): Set<string> {
  return new Set(`${seen.title}\n${seen.text}`.match(incidentId) ?? []);
}

/** Of what a stand-in in a process of its own was sent, as much as accounting takes. */
export const SentRequest = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** `bot`, or the API of apps that was called. */
  api: z.string(),
  code: z.number().optional(),
  fault: z.string().optional(),
  /** Of what was accepted: what the group saw. */
  seen: z.object({ title: z.string(), subtitle: z.string(), text: z.string() }).optional(),
});
export type SentRequest = z.infer<typeof SentRequest>;

/** What the stand-in with this control address was sent, from the `from`-th request on. */
export async function requestsOf(control: string, from = 0): Promise<SentRequest[]> {
  const response = await fetch(new URL(`requests?from=${from}`, control));
  return z.array(SentRequest).parse(await response.json());
}
