import { z } from 'zod';
import type { SendOutcome } from '../channel.ts';
import type { HttpReply } from '../http.ts';
import { askedWait, excerpt, statusFailure } from '../reply.ts';

const Taken = z.object({ id: z.union([z.string().min(1).max(200), z.int()]) });

function idIn(body: string): string | undefined {
  try {
    const taken = Taken.safeParse(JSON.parse(body)).data;
    return taken === undefined ? undefined : String(taken.id);
  } catch {
    // A receiver need not say anything.
    return undefined;
  }
}

/**
 * What a receiver's reply means: any 2xx is success, and may name what it has made of it (`{"id": "…"}`); 408, 425, 429 and 5xx
 * will pass; any other 4xx never will; a redirect is not followed.
 */
export function judgeReply(answer: HttpReply): SendOutcome {
  const { status, headers, body } = answer;
  const code = String(status);
  if (status >= 200 && status < 300) {
    const id = idIn(body);
    return { kind: 'sent', code, ...(id === undefined ? {} : { platformMessageId: id }) };
  }
  if (status === 408 || status === 429 || status >= 500) return { ...statusFailure(answer, 'a 2xx'), code };
  const said = excerpt(body);
  const error = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  const wait = askedWait(headers);
  if (status === 425)
    return {
      kind: 'failed',
      cause: 'retryable',
      code,
      error,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  if (status >= 300 && status < 400)
    return {
      kind: 'failed',
      cause: 'permanent',
      code,
      error: `HTTP ${status}: redirects are not followed; configure the address that it leads to`,
    };
  return { kind: 'failed', cause: status >= 400 ? 'permanent' : 'unknown', code, error };
}
