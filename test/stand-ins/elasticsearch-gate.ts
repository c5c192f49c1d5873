import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What stands between a client and a real Elasticsearch, and can be in the way as networks, proxies and overload are. */
export interface ElasticsearchGate {
  readonly url: string;
  /** Requests that went through, by path. */
  readonly passed: readonly string[];
  /** Cuts all connections and takes no new ones, on the same port, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Takes requests in and never answers them (`silent`), or answers as Elasticsearch and its proxies do; `open` lets them pass. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export type Behaviour =
  | { readonly kind: 'open' }
  | { readonly kind: 'silent' }
  /** Bulks reach Elasticsearch, and their answers get lost. */
  | { readonly kind: 'lossy' }
  /** As nginx with `client_max_body_size`. */
  | { readonly kind: 'small'; readonly maxBytes: number }
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  /** Every second document of a bulk meets a full write queue. */
  | { readonly kind: 'overloaded' };

/** Opens a gate on a free local port before the Elasticsearch at `target` (an http URL). */
export async function openElasticsearchGate(target: string): Promise<ElasticsearchGate> {
  let behaviour: Behaviour = { kind: 'open' };
  const passed: string[] = [];
  const sockets = new Set<Socket>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Elasticsearch keeps idle connections open too.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const isBulk = incoming.url?.startsWith('/_bulk') === true;
    switch (behaviour.kind) {
      case 'silent':
        return;
      case 'small':
        if (body.length <= behaviour.maxBytes) break;
        return reply(outgoing, 413, '<html><title>413 Request Entity Too Large</title></html>', 'text/html');
      case 'status':
        return reply(outgoing, behaviour.status, behaviour.body);
      case 'overloaded':
        if (!isBulk) break;
        return reply(outgoing, 200, await overload(incoming, body));
      case 'lossy':
        await forward(incoming, body);
        outgoing.destroy();
        return;
      case 'open':
        break;
    }
    const result = await forward(incoming, body);
    reply(outgoing, result.status, result.body);
  }

  /** Sends every second document on, and puts what Elasticsearch says of a full queue in the place of the others. */
  async function overload(incoming: IncomingMessage, body: Buffer): Promise<string> {
    const lines = body.toString('utf8').trimEnd().split('\n');
    const isTaken = (line: number): boolean => Math.floor(line / 2) % 2 === 0;
    const taken = `${lines.filter((_, line) => isTaken(line)).join('\n')}\n`;
    const { items } = JSON.parse((await forward(incoming, Buffer.from(taken))).body) as { items: unknown[] };
    const rejected = {
      create: {
        status: 429,
        error: {
          type: 'es_rejected_execution_exception',
          reason: 'rejected execution of coordinating operation',
        },
      },
    };
    const merged = lines
      .filter((_, line) => line % 2 === 0)
      .map((_, item) => (isTaken(item * 2) ? items.shift() : rejected));
    return JSON.stringify({ errors: true, items: merged });
  }

  function forward(incoming: IncomingMessage, body: Buffer): Promise<{ status: number; body: string }> {
    passed.push(incoming.url ?? '');
    return new Promise((resolve, reject) => {
      const headers = { ...incoming.headers, 'content-length': String(body.length) };
      delete headers.connection;
      delete headers['transfer-encoding'];
      const onward = request(
        new URL(incoming.url ?? '/', target),
        { method: incoming.method, headers, agent },
        (response) => {
          read(response).then(
            (text) => resolve({ status: response.statusCode ?? 0, body: text.toString('utf8') }),
            reject,
          );
        },
      );
      onward.on('error', reject);
      onward.end(body);
    });
  }

  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    down,
    up: () => listen(port),
    behave: (next) => {
      behaviour = next;
    },
    close: async () => {
      if (server.listening) await down();
      agent.destroy();
    },
  };
}

function reply(outgoing: ServerResponse, status: number, body: string, type = 'application/json'): void {
  outgoing.writeHead(status, { 'content-type': type, 'x-elastic-product': 'Elasticsearch' });
  outgoing.end(body);
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
