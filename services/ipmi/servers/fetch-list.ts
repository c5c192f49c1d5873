import { z } from 'zod';
import { whyNoAnswer } from '#shared/errors/index.ts';
import { boundedText } from '#shared/text/bounded-text.ts';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { readServers, type ServerList } from './server-list.ts';

export interface ListRequest {
  readonly url: string;
  readonly token: string | undefined;
  /** Of the answer that is known. */
  readonly etag: string | undefined;
}

export type ListAnswer =
  | { readonly outcome: 'read'; readonly list: ServerList; readonly etag: string | undefined }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'failed'; readonly reason: string };

const maxAnswerBytes = 4 * 1024 * 1024;
const maxDepth = 16;
const timeoutSeconds = 10;

const Answer = z.union([z.array(z.unknown()), z.object({ servers: z.array(z.unknown()) })]);

/** Asks an inventory for its servers. Never rejects. */
export async function fetchList(request: ListRequest, signal: AbortSignal): Promise<ListAnswer> {
  const { url, token, etag } = request;
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(etag !== undefined && { 'if-none-match': etag }),
      },
      // Elsewhere is not where the configuration says; and the token is not for it.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      if (response.status === 304 && etag !== undefined) return { outcome: 'unchanged' };
      const isElsewhere = response.status >= 300 && response.status < 400;
      return failed(`HTTP ${response.status}${isElsewhere ? ', which is not followed' : ''}`);
    }
    const text = await boundedText(response.body, maxAnswerBytes);
    if (isNestedDeeperThan(text, maxDepth)) return failed(`the answer is nested deeper than ${maxDepth}`);
    const parsed = Answer.safeParse(JSON.parse(text));
    if (!parsed.success)
      return failed('the answer is neither a JSON array of servers nor an object with `servers`');
    const raw = Array.isArray(parsed.data) ? parsed.data : parsed.data.servers;
    const list = plainAddress(url);
    return {
      outcome: 'read',
      list: readServers(raw, { origin: 'address', list, place: (index) => `${list}[${index}]` }),
      etag: etagOf(response),
    };
  } catch (thrown) {
    return failed(reasonOf(thrown));
  }
}

/** Without its query, which may hold a secret. */
export function plainAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function failed(reason: string): ListAnswer {
  return { outcome: 'failed', reason };
}

function etagOf(response: Response): string | undefined {
  const etag = response.headers.get('etag') ?? undefined;
  return etag !== undefined && etag.length <= 1024 ? etag : undefined;
}

/** Without the answer's text, which JSON's mistakes quote. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return 'the answer is no JSON';
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return `no answer within ${timeoutSeconds} s`;
  return whyNoAnswer(thrown);
}
