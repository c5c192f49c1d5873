import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';
import type { Asset } from '#shared/model/index.ts';
import { boundedText } from '#shared/text/bounded-text.ts';
import { assetOfAnswer } from './answer.ts';

/** Where the inventory is asked. */
export type InventoryAddress = Pick<NonNullable<Config['assets']>, 'token' | 'timeoutSeconds'> & {
  /** With `{host}`. */
  readonly url: string;
};

export type InventoryAnswer =
  | { readonly ok: true; readonly asset: Asset | undefined }
  | { readonly ok: false; readonly reason: string };

/** Of an answer, in bytes. */
const maxAnswerBytes = 256 * 1024;

/** Asks for one host. 404 and 204 are answers: there is none. Never rejects. */
export async function askInventory(
  { url, token, timeoutSeconds }: InventoryAddress,
  host: string,
  signal: AbortSignal,
): Promise<InventoryAnswer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  try {
    const response = await fetch(url.replaceAll('{host}', encodeURIComponent(host)), {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      // Elsewhere is not where the configuration says; and the token is not for it.
      redirect: 'manual',
      signal: limit,
    });
    if (response.status === 404 || response.status === 204) {
      await response.body?.cancel();
      return { ok: true, asset: undefined };
    }
    if (!response.ok) {
      await response.body?.cancel();
      const isElsewhere = response.status >= 300 && response.status < 400;
      return {
        ok: false,
        reason: `HTTP ${response.status}${isElsewhere ? ', which is not followed' : ''}`,
      };
    }
    return {
      ok: true,
      asset: assetOfAnswer(JSON.parse(await boundedText(response.body, maxAnswerBytes)), host),
    };
  } catch (thrown) {
    return { ok: false, reason: reasonOf(thrown, timeoutSeconds) };
  }
}

/** Without the answer's text, which JSON's mistakes quote, and without the address's query. */
function reasonOf(thrown: unknown, timeoutSeconds: number): string {
  if (thrown instanceof SyntaxError) return 'the answer is no JSON';
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return `no answer within ${timeoutSeconds} s`;
  return whyNoAnswer(thrown);
}
