import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { promptTokens, tokenize } from '../ollama/tokens.ts';
import { ChatBody, Refusal } from './protocol.ts';
import type { Reply } from './reply.ts';

export interface RecordedRequest {
  readonly path: string;
  readonly body: ChatBody;
  status: number;
  aborted: boolean;
}

export interface OpenaiStandInOptions {
  readonly models?: readonly string[];
  /** Whoever has another is refused; absent: nobody needs one. */
  readonly apiKey?: string;
  /** `max_model_len`, as vLLM tells and enforces it. Default 16,384. */
  readonly contextLength?: number;
  /** Forms of answers that it knows besides text. Default both. */
  readonly formats?: readonly ('json_schema' | 'json_object')[];
  /** As OpenAI's newer models: `max_tokens` and `temperature` are refused. */
  readonly isModern?: boolean;
  /** `/models` is not there. */
  readonly hidesModels?: boolean;
  readonly reply?: (body: ChatBody) => Reply;
}

export interface OpenaiStandIn {
  /** Up to and with `/v1`. */
  readonly url: string;
  /** Requests to `/chat/completions` that could be read, also those that were refused. */
  readonly requests: readonly RecordedRequest[];
  running(): number;
  script(...replies: readonly Reply[]): void;
  close(): Promise<void>;
}

/** Starts a server that speaks OpenAI's chat completions, as vLLM and OpenAI do. Listens on 127.0.0.1 only. */
export async function startOpenai(options: OpenaiStandInOptions = {}): Promise<OpenaiStandIn> {
  const { models = ['qwen3-8b'], contextLength = 16_384, formats = ['json_schema', 'json_object'] } = options;
  const requests: RecordedRequest[] = [];
  const scripted: Reply[] = [];
  let running = 0;

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void serve(request, response, gone.signal);
  });

  async function serve(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    try {
      const raw = await text(request);
      const given = request.headers.authorization;
      if (options.apiKey !== undefined && given !== `Bearer ${options.apiKey}`)
        throw new Refusal(401, 'invalid_api_key', 'Incorrect API key provided.');
      const endpoint = `${request.method} ${request.url}`;
      if (endpoint === 'GET /v1/models' && !options.hidesModels) {
        const data = models.map((id) => ({ id, object: 'model', max_model_len: contextLength }));
        return send(response, 200, { object: 'list', data });
      }
      if (endpoint !== 'POST /v1/chat/completions') throw new Refusal(404, null, 'Not Found');
      await chat(raw, response, gone);
    } catch (error) {
      if (gone.aborted) return;
      const refusal = error instanceof Refusal ? error : new Refusal(500, null, String(error));
      send(response, refusal.status, refusal.body, refusal.headers);
    }
  }

  async function chat(raw: string, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const body = readBody(raw);
    const recorded: RecordedRequest = { path: '/chat/completions', body, status: 0, aborted: false };
    requests.push(recorded);
    running += 1;
    try {
      check(body);
      const reply = scripted.shift() ?? options.reply?.(body) ?? { kind: 'hang' };
      await answer(body, reply, response, gone);
    } catch (error) {
      recorded.status = error instanceof Refusal ? error.status : 500;
      throw error;
    } finally {
      running -= 1;
      if (recorded.status === 0 && response.headersSent) recorded.status = response.statusCode;
      recorded.aborted = gone.aborted && !response.writableFinished;
    }
  }

  function check(body: ChatBody): void {
    if (!models.includes(body.model))
      throw new Refusal(404, 'model_not_found', `The model \`${body.model}\` does not exist.`);
    if (options.isModern && body.max_tokens !== undefined)
      throw new Refusal(
        400,
        'unsupported_parameter',
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      );
    if (options.isModern && body.temperature !== undefined && body.temperature !== 1)
      throw new Refusal(
        400,
        'unsupported_value',
        "Unsupported value: 'temperature' does not support 0 with this model.",
      );
    const { type = 'text' } = body.response_format ?? {};
    if (type !== 'text' && !formats.includes(type))
      throw new Refusal(
        400,
        null,
        `Invalid parameter: 'response_format' of type '${type}' is not supported with this model.`,
      );
    if (type === 'json_object' && !body.messages.some(({ content }) => /json/i.test(content)))
      throw new Refusal(400, null, "'messages' must contain the word 'json' to use 'response_format'.");
    const prompt = promptTokens(body.messages);
    const wanted = body.max_tokens ?? body.max_completion_tokens ?? 0;
    if (prompt + wanted > contextLength)
      throw new Refusal(
        400,
        'context_length_exceeded',
        `This model's maximum context length is ${contextLength} tokens. However, you requested ${prompt + wanted} tokens (${prompt} in the messages, ${wanted} in the completion).`,
      );
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    running: () => running,
    script: (...replies) => {
      scripted.push(...replies);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function readBody(raw: string): ChatBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw new Refusal(400, null, 'We could not parse the JSON body of your request.');
  }
  const result = ChatBody.safeParse(parsed);
  if (!result.success)
    throw new Refusal(400, null, `Invalid value for '${result.error.issues[0]?.path.join('.')}'.`);
  if (result.data.stream) throw new Refusal(400, null, 'stand-in: streams are not spoken here');
  return result.data;
}

async function answer(
  body: ChatBody,
  reply: Reply,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  switch (reply.kind) {
    case 'rate-limited':
      throw new Refusal(
        429,
        'rate_limit_exceeded',
        'Rate limit reached for requests.',
        reply.retryAfter === undefined ? {} : { 'retry-after': reply.retryAfter },
      );
    case 'error':
      throw new Refusal(reply.status, null, 'The server had an error while processing your request.');
    case 'gateway-page':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return;
    case 'hang':
      await once(gone, 'abort');
      return;
    case 'filtered':
      return send(response, 200, completion(body, { content: '' }, 'content_filter', 0));
    case 'answer': {
      await delay(reply.delayMs ?? 0, undefined, { signal: gone });
      const schema =
        body.response_format?.type === 'json_schema'
          ? z.fromJSONSchema(body.response_format.json_schema.schema)
          : z.unknown();
      const checked = schema.safeParse(reply.answer);
      if (!checked.success)
        throw new Refusal(500, null, `stand-in: the answer breaks the schema: ${checked.error.message}`);
      const isBound = (body.response_format?.type ?? 'text') !== 'text';
      const words =
        typeof reply.answer === 'string' && !isBound ? reply.answer : JSON.stringify(reply.answer);
      const thoughts = tokenize(reply.reasoning ?? '');
      const tokens = tokenize(words);
      const limit = body.max_tokens ?? body.max_completion_tokens ?? Number.POSITIVE_INFINITY;
      const isCut = thoughts.length + tokens.length > limit;
      const content = tokens.slice(0, Math.max(0, limit - thoughts.length)).join('');
      const message = {
        content,
        ...(reply.reasoning !== undefined && { reasoning_content: reply.reasoning }),
      };
      const total = Math.min(limit, thoughts.length + tokens.length);
      return send(response, 200, completion(body, message, isCut ? 'length' : 'stop', total));
    }
  }
}

function completion(
  body: ChatBody,
  message: { content: string; reasoning_content?: string },
  finish_reason: string,
  completion_tokens: number,
) {
  const prompt_tokens = promptTokens(body.messages);
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    system_fingerprint: 'fp_44709d6fcb',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
