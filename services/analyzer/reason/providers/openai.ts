import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { messageOf, whyNoAnswer } from '#shared/errors/index.ts';
import { boundedText } from '#shared/text/bounded-text.ts';
import type { Absent, Failed, ModelReply, ModelRequest, ReasoningModel } from '../model.ts';
import { call, excerpt, patientDispatcher } from './http.ts';
import {
  Completion,
  chatBody,
  complaintOf,
  type Dialect,
  firstDialect,
  nextDialect,
  withoutCodeFence,
} from './openai-request.ts';
import { type Again, retryAfterMs, retrying } from './retrying.ts';

type OpenaiConfig = NonNullable<Config['openai']>;

/** `/models` is answered at once or not at all. */
const listMs = 10_000;

/** More than any answer that a schema bounds, and than a long list of models; whoever says more is not listened to. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** vLLM tells each model's window. */
const Models = z.object({
  data: z.array(
    z.object({ id: z.string(), max_model_len: z.number().positive().optional().catch(undefined) }),
  ),
});

/** An answer that is an error. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly afterMs: number | undefined;

  constructor(status: number, message: string, afterMs: number | undefined) {
    super(message);
    this.status = status;
    this.afterMs = afterMs;
  }
}

/**
 * A model behind any server that speaks OpenAI's chat completions: vLLM, llama.cpp, LM Studio, a gateway, OpenAI's own. By
 * plain HTTP: the `openai` package is megabytes for the two calls that are made here, and retries by itself.
 *
 * @param warn told once where the configured context is more than the model has, and where the server falls short
 */
export function openaiModel(
  config: OpenaiConfig,
  warn: (message: string) => void = () => {},
): ReasoningModel {
  return new OpenaiModel(config, warn);
}

class OpenaiModel implements ReasoningModel {
  readonly #config: OpenaiConfig;
  readonly #warn: (message: string) => void;
  readonly #dispatcher: Dispatcher = patientDispatcher();
  #dialect = firstDialect;
  /** Its fingerprint comes with each answer, and is another one now and then: no answer rests on it. */
  readonly digest = undefined;
  #contextLimit = Number.POSITIVE_INFINITY;
  readonly #warned = new Set<string>();
  /** What telling the model of the schema costs, at the most, where the server does not bind the answer to it. */
  #schemaTokens = 0;

  constructor(config: OpenaiConfig, warn: (message: string) => void) {
    this.#config = config;
    this.#warn = warn;
  }

  get name(): string {
    return this.#config.model;
  }

  get contextTokens(): number {
    return Math.min(this.#config.contextTokens, this.#contextLimit) - this.#schemaTokens;
  }

  async prepare(signal: AbortSignal): Promise<{ kind: 'ready' } | Absent | Failed> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(listMs)]);
    try {
      this.#heed(Models.safeParse(await this.#send('GET', '/models', limited)));
      return { kind: 'ready' };
    } catch (error) {
      // Not every server lists its models.
      if (error instanceof Refusal && [404, 405, 501].includes(error.status)) return { kind: 'ready' };
      return this.#failure(error, signal, limited, listMs / 1000);
    }
  }

  async complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    const { timeoutSeconds } = this.#config;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    try {
      return this.#read(await this.#ask(request, limited));
    } catch (error) {
      if (error instanceof Refusal && isTooLong(error)) return { kind: 'too-long' };
      return this.#failure(error, signal, limited, timeoutSeconds);
    }
  }

  /** Asks in the dialect that has worked, or in the next that the server may understand. What has worked is remembered. */
  async #ask(request: ModelRequest, signal: AbortSignal): Promise<unknown> {
    let dialect: Dialect = this.#dialect;
    for (;;) {
      try {
        const body = JSON.stringify(chatBody(this.name, request, dialect));
        const answer = await retrying(
          () => this.#send('POST', '/chat/completions', signal, body),
          againAfter,
          signal,
        );
        if (dialect.format !== this.#dialect.format) {
          this.#once(`${this.#config.url} does not bind answers to a schema: ${dialect.format} is used`);
          this.#schemaTokens = JSON.stringify(request.schema).length;
        }
        this.#dialect = dialect;
        return answer;
      } catch (error) {
        if (!(error instanceof Refusal) || ![400, 422].includes(error.status) || isTooLong(error))
          throw error;
        const next = nextDialect(dialect, error.message);
        if (next === undefined) throw error;
        dialect = next;
      }
    }
  }

  #read(answer: unknown): ModelReply {
    const read = Completion.safeParse(answer);
    const [choice] = read.data?.choices ?? [];
    if (read.data === undefined || choice === undefined)
      return { kind: 'failed', reason: 'the reply is not one of the chat completions API' };
    const { usage, system_fingerprint } = read.data;
    const figures = { promptTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 };
    if (figures.promptTokens >= Math.min(this.#config.contextTokens, this.#contextLimit))
      return { kind: 'too-long' };
    if (choice.finish_reason === 'length') return { kind: 'cut', ...figures };
    if (choice.finish_reason === 'content_filter')
      return { kind: 'failed', reason: "the server's content filter held the answer back" };
    return {
      kind: 'text',
      text: withoutCodeFence(choice.message.content ?? ''),
      model: this.name,
      ...(system_fingerprint && { digest: system_fingerprint }),
      ...figures,
    };
  }

  #heed({ data: models }: z.ZodSafeParseResult<z.infer<typeof Models>>): void {
    const { contextTokens, url } = this.#config;
    if (models === undefined || models.data.length === 0) return;
    const own = models.data.find(({ id }) => id === this.name);
    if (own === undefined) this.#once(`${url} lists no model ${this.name}`);
    this.#contextLimit = own?.max_model_len ?? Number.POSITIVE_INFINITY;
    if (this.#contextLimit < contextTokens)
      this.#once(
        `openai.contextTokens is ${contextTokens}, but ${this.name} has no more than ${this.#contextLimit}: that is used; lower the setting`,
      );
  }

  #once(warning: string): void {
    if (this.#warned.has(warning)) return;
    this.#warned.add(warning);
    this.#warn(warning);
  }

  async #send(method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: string): Promise<unknown> {
    const { url, apiKey } = this.#config;
    const response = await call({
      method,
      signal,
      dispatcher: this.#dispatcher,
      url: `${url.replace(/\/+$/, '')}${path}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await boundedText(response.body, maxAnswerBytes);
    if (!response.ok)
      throw new Refusal(
        response.status,
        complaintOf(text) ?? excerpt(text),
        retryAfterMs(response.headers.get('retry-after'), Date.now()),
      );
    try {
      return JSON.parse(text);
    } catch {
      throw new Refusal(502, `no JSON: ${excerpt(text)}`, undefined);
    }
  }

  #failure(error: unknown, signal: AbortSignal, limited: AbortSignal, seconds: number): Absent | Failed {
    const { url } = this.#config;
    if (signal.aborted) return { kind: 'failed', reason: 'given up before it was answered' };
    if (limited.aborted) return { kind: 'failed', reason: `no answer within ${seconds} s` };
    if (!(error instanceof Refusal))
      return {
        kind: 'absent',
        reason: `${url} does not answer: ${error instanceof TypeError ? whyNoAnswer(error) : messageOf(error)}`,
      };
    const reason = `${error.status} ${excerpt(error.message)}`;
    switch (error.status) {
      case 401:
      case 403:
        return {
          kind: 'absent',
          isPermanent: true,
          reason: `${reason}: ${url} refuses the key; set LOGPATROL_OPENAI_API_KEY`,
        };
      case 404:
        return {
          kind: 'absent',
          isPermanent: true,
          reason: `${reason}: there is no model ${this.name} at ${url}; set LOGPATROL_OPENAI_MODEL or LOGPATROL_OPENAI_URL`,
        };
      case 429:
      case 502:
      case 503:
      case 504:
        return { kind: 'absent', reason };
      default:
        return { kind: 'failed', reason };
    }
  }
}

/** Each server words it its own way; OpenAI has a code for it, which stands in few messages. */
function isTooLong({ status, message }: Refusal): boolean {
  return (
    [400, 413, 422].includes(status) &&
    /context[ _](?:length|size|window)|maximum context|too many tokens|prompt is too long/i.test(message)
  );
}

function againAfter(error: unknown): Again {
  if (!(error instanceof Refusal)) return { kind: 'never' };
  if (error.status === 429 || error.status === 503) return { kind: 'busy', afterMs: error.afterMs };
  return error.status === 500 ? { kind: 'once' } : { kind: 'never' };
}
