import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { chat, send } from './chat.ts';
import { ChatBody, Refusal } from './protocol.ts';
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
  readonly models?: readonly string[];
  /** What it says where nothing is scripted. */
  readonly reply?: (body: ChatBody) => Reply;
  /** Requests worked on at once, and waiting beyond those. */
  readonly parallel?: number;
  readonly maxWaiting?: number;
}

export interface OllamaStandIn {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Requests being worked on now. */
  running(): number;
  /** What to do with the next chat requests, in order. */
  script(...replies: readonly Reply[]): void;
  close(): Promise<void>;
}

const version = '0.17.0';

/** Starts a server that speaks Ollama's native API as `facts/ollama.md` of the design has it. Listens on 127.0.0.1 only. */
export async function startOllama(options: OllamaStandInOptions = {}): Promise<OllamaStandIn> {
  const models = options.models ?? ['qwen3:8b'];
  const queue = new RequestQueue(options.parallel ?? 4, options.maxWaiting ?? 512);
  const requests: RecordedRequest[] = [];
  const scripted: Reply[] = [];

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void serve(request, response, gone.signal);
  });

  async function serve(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const path = request.url ?? '';
    const recorded: RecordedRequest = { path, body: undefined, status: 0, aborted: false };
    try {
      const raw = await text(request);
      if (request.method === 'GET' && path === '/api/version') return send(response, 200, { version });
      if (request.method === 'GET' && path === '/api/tags')
        return send(response, 200, { models: models.map((name) => describeModel(name)) });
      if (request.method === 'POST' && path === '/api/show') {
        const body = parseBody(raw);
        requireModel(body.model);
        return send(response, 200, {
          details: describeModel(body.model).details,
          model_info: { 'general.architecture': 'standin', 'standin.context_length': 40_960 },
          capabilities: ['completion'],
        });
      }
      if (request.method !== 'POST' || path !== '/api/chat') {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
        return;
      }
      const body = parseBody(raw);
      requests.push(Object.assign(recorded, { body }));
      requireModel(body.model);
      await chat(
        body,
        () => scripted.shift() ?? options.reply?.(body) ?? { kind: 'hang' },
        queue,
        response,
        gone,
      );
    } catch (error) {
      if (gone.aborted) return;
      const status = error instanceof Refusal ? error.status : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    } finally {
      recorded.status = response.headersSent ? response.statusCode : 0;
      recorded.aborted = gone.aborted && !response.writableFinished;
    }
  }

  function parseBody(raw: string): ChatBody {
    let parsed: unknown;
    try {
      parsed = JSON.parse(raw);
    } catch {
      throw new Refusal(400, raw === '' ? 'missing request body' : 'invalid character in request body');
    }
    const result = ChatBody.safeParse(parsed);
    if (!result.success)
      throw new Refusal(400, `json: cannot unmarshal: ${result.error.issues[0]?.path.join('.')}`);
    return result.data;
  }

  function requireModel(model: string): void {
    if (model === '') throw new Refusal(400, 'model is required');
    if (!models.includes(model)) throw new Refusal(404, `model '${model}' not found`);
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    running: () => queue.running,
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

function describeModel(name: string) {
  return {
    name,
    model: name,
    modified_at: '2026-01-01T00:00:00Z',
    size: 5_000_000_000,
    digest: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
    details: { format: 'gguf', family: 'standin', parameter_size: '8.2B', quantization_level: 'Q4_K_M' },
  };
}
