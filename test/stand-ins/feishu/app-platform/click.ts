import { z } from 'zod';
import { judgeCard } from '../card-validator.ts';

/**
 * What the person who clicked sees: a toast, or one of the codes that clients show where the app did not answer as it should (200340 no
 * address or connection, 200341 not in time, 200342 no connection to it, 200671 not HTTP 200, 200672 no answer that is known, 200673 a bad
 * card, 200830 a card of schema 1.0).
 */
export const ClickResult = z.object({
  eventId: z.string(),
  toast: z.object({ type: z.string(), content: z.string() }).optional(),
  error: z.number().optional(),
  /** The HTTP status, or the code in the long connection's answer. */
  status: z.number().optional(),
  /** A card that the answer has put in place of the clicked one, as JSON. */
  card: z.string().optional(),
  durationMs: z.number(),
});
export type ClickResult = z.infer<typeof ClickResult>;

/** What came back for an event, before it is judged. */
export type RawAnswer =
  | { readonly status: number; readonly body: string }
  | { readonly error: 200340 | 200341 | 200342 };

const words = z.partialRecord(z.enum(['zh_cn', 'en_us', 'ja_jp', 'zh_hk', 'zh_tw']), z.string());
const Answer = z.strictObject({
  toast: z
    .strictObject({
      type: z.enum(['info', 'success', 'error', 'warning']).default('info'),
      content: z.string().optional(),
      i18n: words.optional(),
    })
    .optional(),
  card: z
    .strictObject({
      type: z.enum(['raw', 'template']),
      data: z.looseObject({ schema: z.unknown().optional() }),
    })
    .optional(),
});

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // No JSON is no answer.
    return undefined;
  }
}

/** Judges an app's answer to a click as strictly as a client of 7.28 does. */
export function clickResult(eventId: string, answer: RawAnswer, durationMs: number): ClickResult {
  const result = { eventId, durationMs };
  if ('error' in answer) return { ...result, error: answer.error };
  const { status, body } = answer;
  if (status !== 200) return { ...result, status, error: 200671 };
  const said = Answer.safeParse(body === '' ? {} : json(body)).data;
  if (said === undefined) return { ...result, status, error: 200672 };
  const { toast, card } = said;
  if (card !== undefined && card.data.schema !== '2.0') return { ...result, status, error: 200830 };
  if (card !== undefined && !judgeCard(card.data).ok) return { ...result, status, error: 200673 };
  const content = toast?.content ?? toast?.i18n?.zh_cn ?? '';
  return {
    ...result,
    status,
    ...(toast && { toast: { type: toast.type, content } }),
    ...(card && { card: JSON.stringify(card.data) }),
  };
}

/** Posts an event to an app's address: no redirects, and an answer within so many milliseconds. */
export async function postEvent(
  url: string,
  request: { readonly headers: Record<string, string>; readonly body: string },
  withinMs: number,
): Promise<RawAnswer> {
  const limit = AbortSignal.timeout(withinMs);
  try {
    const response = await fetch(url, { method: 'POST', ...request, redirect: 'manual', signal: limit });
    return { status: response.status, body: await response.text() };
  } catch {
    // Whatever it was: the client shows one of two codes for it.
    return { error: limit.aborted ? 200341 : 200342 };
  }
}
