import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { chat, send } from './chat.ts';
import { embed } from './embed.ts';
import { keepAliveMs, type ModelSpec, Models } from './models.ts';
import { ChatBody, defaultContext, EmbedBody, option, Refusal, ShowBody } from './protocol.ts';
import { RequestQueue } from './queue.ts';
import type { Reply } from './reply.ts';

export interface RecordedRequest {
  readonly path: string;
  readonly body: ChatBody | undefined;
  /** 0 until it is answered. */
  status: number;
  /** The client went away before it was answered. */
  aborted: boolean;
}

export interface OllamaStandInOptions {
  /** Default 0, any free one. */
  readonly port?: number;
  readonly models?: readonly (string | ModelSpec)[];
  /** What it says where nothing is scripted. */
  readonly reply?: (body: ChatBody) => Reply;
  /** Requests worked on at once, and waiting beyond those. */
  readonly parallel?: number;
  readonly maxWaiting?: number;
}

export interface OllamaStandIn {
  readonly url: string;
  /** Questions, in the order in which they came: `/api/chat` with messages. */
  readonly requests: readonly RecordedRequest[];
  /** `/api/chat` without messages: the model is to be loaded, or unloaded. */
  readonly loads: readonly RecordedRequest[];
  /** Texts that were embedded, by request. */
  readonly embedded: readonly (readonly string[])[];
  readonly models: Models;
  /** Requests being worked on now, and the most that were at once. */
  running(): number;
  mostRunning(): number;
  /** What to do with the next questions, in order. */
  script(...replies: readonly Reply[]): void;
  close(): Promise<void>;
}

const version = '0.17.0';

/** Starts a server that speaks Ollama's native API as `facts/ollama.md` of the design has it. Listens on 127.0.0.1 only. */
export async function startOllama(options: OllamaStandInOptions = {}): Promise<OllamaStandIn> {
  const models = new Models(options.models ?? ['qwen3:8b']);
  const queue = new RequestQueue(options.parallel ?? 4, options.maxWaiting ?? 512);
  const requests: RecordedRequest[] = [];
  const loads: RecordedRequest[] = [];
  const embedded: string[][] = [];
  const scripted: Reply[] = [];

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void serve(request, response, gone.signal);
  });

  async function serve(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const recorded: RecordedRequest = { path: request.url ?? '', body: undefined, status: 0, aborted: false };
    try {
      await route(`${request.method} ${recorded.path}`, await text(request), recorded, response, gone);
    } catch (error) {
      if (gone.aborted) return;
      const status = error instanceof Refusal ? error.status : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    } finally {
      recorded.status = response.headersSent ? response.statusCode : 0;
      recorded.aborted = gone.aborted && !response.writableFinished;
    }
  }

  async function route(
    endpoint: string,
    raw: string,
    recorded: RecordedRequest,
    response: ServerResponse,
    gone: AbortSignal,
  ): Promise<void> {
    switch (endpoint) {
      case 'GET /api/version':
        return send(response, 200, { version });
      case 'GET /api/tags':
        return send(response, 200, { models: models.describe() });
      case 'GET /api/ps':
        return send(response, 200, { models: models.inMemory() });
      case 'POST /api/show':
        return send(response, 200, models.show(parseBody(raw, ShowBody).model));
      case 'POST /api/embed': {
        const body = parseBody(raw, EmbedBody);
        const spec = models.spec(body.model);
        const keepAlive = keepAliveMs(body.keep_alive);
        const context = models.contextOf(spec, option(body, 'num_ctx', defaultContext));
        const loadMs = await models.load(spec, context, keepAlive, gone);
        embedded.push(typeof body.input === 'string' ? [body.input] : body.input);
        const { dimension = 64 } = spec;
        return send(response, 200, embed(body, { context, dimension, loadMs }));
      }
      case 'POST /api/chat': {
        const body = parseBody(raw, ChatBody);
        Object.assign(recorded, { body });
        (body.messages.length === 0 ? loads : requests).push(recorded);
        const nextReply = () => scripted.shift() ?? options.reply?.(body) ?? ({ kind: 'hang' } as const);
        return chat(body, { models, nextReply, queue, response, gone });
      }
      default:
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    }
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    loads,
    embedded,
    models,
    running: () => queue.running,
    mostRunning: () => queue.mostRunning,
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

function parseBody<T extends z.ZodType>(raw: string, schema: T): z.infer<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw new Refusal(400, raw === '' ? 'missing request body' : 'invalid character in request body');
  }
  const result = schema.safeParse(parsed);
  if (!result.success)
    throw new Refusal(400, `json: cannot unmarshal: ${result.error.issues[0]?.path.join('.')}`);
  return result.data;
}
