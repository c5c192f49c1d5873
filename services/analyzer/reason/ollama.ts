import { Ollama } from 'ollama';
import pRetry from 'p-retry';
import { Agent, type Dispatcher, fetch } from 'undici';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { ModelReply, ModelRequest, ReasoningModel } from './model.ts';

type OllamaConfig = NonNullable<Config['ollama']>;

/** How long the server keeps the model in memory after a call: a load can take minutes, incidents come in groups. */
const keepAlive = '30m';
/** Tries beyond the first where the server says that its queue is full, and the wait before the first of them. */
const busyRetries = 3;
const busyWaitMs = 500;

/** What is read of a reply of `/api/chat`; `message.thinking` is left where it is. */
const ChatReply = z.object({
  message: z.object({ content: z.string() }),
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().int().nonnegative().catch(0),
  eval_count: z.number().int().nonnegative().catch(0),
});

const ErrorBody = z.object({ error: z.string() });

/**
 * A model behind Ollama's native chat API. The context window is set with every call, for the server's default is small, and
 * the server is told to refuse what does not fit rather than to cut it silently.
 */
export function ollamaModel(config: OllamaConfig): ReasoningModel {
  // A call may load the model first, so only our own time-out ends it, not the client's five minutes without headers.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5000 } });

  async function call(request: ModelRequest, signal: AbortSignal): Promise<unknown> {
    // The package has no signal for calls that are not streamed; its fetch is ours to give.
    const client = new Ollama({
      host: config.url,
      fetch: (input, init) => fetchJson(String(input), init, signal, dispatcher),
    });
    const body = {
      model: config.model,
      messages: [
        { role: 'system', content: request.system },
        { role: 'user', content: request.prompt },
      ],
      stream: false as const,
      format: request.schema,
      keep_alive: keepAlive,
      // A reasoning model would spend the answer's budget on thinking, and some put it into the content.
      think: false,
      // Not among the package's types yet.
      truncate: false,
      options: { num_ctx: config.contextTokens, num_predict: request.maxOutputTokens, temperature: 0 },
    };
    return client.chat(body);
  }

  return {
    name: config.model,
    contextTokens: config.contextTokens,
    async complete(request, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(config.timeoutSeconds * 1000)]);
      let answer: unknown;
      try {
        answer = await pRetry(() => call(request, limited), {
          retries: busyRetries,
          minTimeout: busyWaitMs,
          randomize: true,
          signal: limited,
          shouldRetry: ({ error }) => statusOf(error) === 503,
        });
      } catch (error) {
        if (signal.aborted)
          return { kind: 'failed', reason: 'given up: the partition was lost or the process stops' };
        if (limited.aborted) return { kind: 'failed', reason: `no answer within ${config.timeoutSeconds} s` };
        return failure(error, config);
      }
      return success(answer, config);
    },
  };
}

function success(answer: unknown, config: OllamaConfig): ModelReply {
  const reply = ChatReply.safeParse(answer);
  if (!reply.success) return { kind: 'failed', reason: 'the reply is not one of the chat API' };
  const { message, done_reason, prompt_eval_count, eval_count } = reply.data;
  // Servers from before `truncate` cut the prompt all the same.
  if (prompt_eval_count >= config.contextTokens) return { kind: 'too-long' };
  if (done_reason === 'length') return { kind: 'cut' };
  return {
    kind: 'text',
    text: message.content,
    model: config.model,
    promptTokens: prompt_eval_count,
    outputTokens: eval_count,
  };
}

function failure(error: unknown, config: OllamaConfig): ModelReply {
  const status = statusOf(error);
  const reason = messageOf(error);
  if (status === undefined) {
    // No reply at all; fetch hides why in its cause.
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    return { kind: 'absent', reason: `${config.url} does not answer${cause || `: ${reason}`}` };
  }
  if (status === 404) return { kind: 'absent', reason: `${reason} (ollama pull ${config.model})` };
  if (status === 400 && /exceeds the context length/.test(reason)) return { kind: 'too-long' };
  if (status === 502 || status === 503 || status === 504)
    return { kind: 'absent', reason: `${status} ${reason}` };
  return { kind: 'failed', reason: `${status} ${reason}` };
}

/** The HTTP status in the package's error; undefined where there was no reply. */
function statusOf(error: unknown): number | undefined {
  const parsed = z.object({ status_code: z.number() }).safeParse(error);
  return parsed.success ? parsed.data.status_code : undefined;
}

/**
 * The package's request, with our signal and patience. What is answered is read whole here, and where it is an error that is
 * not JSON (a proxy's page) it is made so: the package would print it to standard output, which is the user's.
 */
async function fetchJson(
  url: string,
  init: RequestInit | undefined,
  signal: AbortSignal,
  dispatcher: Dispatcher,
): Promise<Response> {
  const response = await fetch(url, {
    method: init?.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: typeof init?.body === 'string' ? init.body : null,
    signal,
    dispatcher,
  });
  const text = await response.text();
  if (response.ok) return new Response(text, { status: response.status });
  let error = text.replaceAll(/\s+/g, ' ').slice(0, 300);
  try {
    error = ErrorBody.parse(JSON.parse(text)).error;
  } catch {
    // Not Ollama's error body: the text itself is all there is to tell.
  }
  return Response.json({ error }, { status: response.status });
}
