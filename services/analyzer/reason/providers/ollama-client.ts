import { type ChatResponse, Ollama } from 'ollama';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { messageOf, whyNoAnswer } from '#shared/errors/index.ts';
import { boundedText } from '#shared/text/bounded-text.ts';
import { call, excerpt } from './http.ts';

const ErrorBody = z.object({ error: z.string() });
/** More than any answer that a schema bounds; whoever says more than this is not listened to. In characters. */
const maxAnswer = 1_000_000;
/** Of an error's body, a proxy's page mostly. In bytes. */
const maxError = 1_000_000;

/** Ollama's package with our signal and patience: it has no signal of its own for calls that are not streamed. */
export function ollamaClient(url: string, dispatcher: Dispatcher, signal: AbortSignal): Ollama {
  return new Ollama({ host: url, fetch: (input, init) => passOn(String(input), init, dispatcher, signal) });
}

/**
 * One request. An answer that is an error is read whole, and where it is not JSON (a proxy's page) it is made so: the package
 * would print it to standard output, which is the user's.
 */
async function passOn(
  url: string,
  init: RequestInit | undefined,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Response> {
  const response = await call({
    url,
    signal,
    dispatcher,
    method: init?.method === 'POST' ? 'POST' : 'GET',
    headers: Object.fromEntries(new Headers(init?.headers)),
    ...(typeof init?.body === 'string' && { body: init.body }),
  });
  if (response.ok) return new Response(response.body, { status: response.status });
  const text = await boundedText(response.body, maxError);
  let error = excerpt(text);
  try {
    error = ErrorBody.parse(JSON.parse(text)).error;
  } catch {
    // Not Ollama's error body: the text itself is all there is to tell.
  }
  return Response.json({ error }, { status: response.status });
}

/** The stream ended with an error, or with none of what ends one: the status said 200 long before. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
}

/** What a streamed chat adds up to. */
export interface Said {
  readonly content: string;
  readonly thinking: string;
  /** The line that ends it, with the figures. */
  readonly end: ChatResponse;
}

/** Reads a streamed chat to its end. @throws BrokenStream where it has none, or what the signal was aborted with */
export async function readChat(lines: AsyncIterable<ChatResponse>, signal: AbortSignal): Promise<Said> {
  let content = '';
  let thinking = '';
  try {
    for await (const line of lines) {
      content += line.message?.content ?? '';
      thinking += line.message?.thinking ?? '';
      if (content.length + thinking.length > maxAnswer) throw new Error('it says too much');
      if (line.done) return { content, thinking, end: line };
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new BrokenStream(error instanceof TypeError ? whyNoAnswer(error) : messageOf(error), {
      cause: error,
    });
  }
  throw new BrokenStream('the answer has no end');
}

/** The HTTP status in an error of the package; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const parsed = z.object({ status_code: z.number() }).safeParse(error);
  return parsed.success ? parsed.data.status_code : undefined;
}
