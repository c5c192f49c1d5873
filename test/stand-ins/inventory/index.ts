import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the inventory answers about a host: a record as JSON, or a status, headers and body of its own, or nothing at all. */
export type InventoryReply =
  | { readonly kind: 'json'; readonly body: unknown }
  | {
      readonly kind: 'raw';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'silence' };

export interface InventoryStandIn {
  /** With `{host}`, as the configuration has it. */
  readonly url: string;
  readonly origin: string;
  /** Hosts that were asked about, in order. */
  readonly asked: string[];
  /** Requests that are being answered, and the most that were at once. */
  readonly load: { now: number; most: number };
  /** By host; 404 where there is none. */
  readonly replies: Map<string, InventoryReply>;
  /** In place of every reply, while it is set. */
  outage: InventoryReply | undefined;
  /** Answers wait for it. */
  gate: Promise<void>;
  close(): Promise<void>;
}

/**
 * A CMDB as strict as one can be: it knows `GET /api/hosts/<encoded host>` with its bearer token and nothing else, and tells
 * whoever asks otherwise what was wrong by 400 or 401.
 */
export async function startInventory(token?: string): Promise<InventoryStandIn> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const standIn: InventoryStandIn = {
    url: `${origin}/api/hosts/{host}`,
    origin,
    asked: [],
    load: { now: 0, most: 0 },
    replies: new Map(),
    outage: undefined,
    gate: Promise.resolve(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = hostOf(request);
    if (host === undefined) {
      response.writeHead(400).end(`no such address: ${request.method} ${request.url}`);
      return;
    }
    if (request.headers.authorization !== (token === undefined ? undefined : `Bearer ${token}`)) {
      response.writeHead(401).end('who are you?');
      return;
    }
    standIn.asked.push(host);
    standIn.load.now += 1;
    standIn.load.most = Math.max(standIn.load.most, standIn.load.now);
    await standIn.gate;
    standIn.load.now -= 1;
    const reply = standIn.outage ?? standIn.replies.get(host) ?? { kind: 'raw', status: 404, body: '{}' };
    if (reply.kind === 'json')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    else if (reply.kind === 'raw')
      response.writeHead(reply.status, reply.headers ?? {}).end(reply.body ?? '');
  }
}

function hostOf({ method, url }: IncomingMessage): string | undefined {
  const part = /^\/api\/hosts\/([^/?#]+)$/.exec(url ?? '')?.[1];
  return method === 'GET' && part !== undefined ? decodeURIComponent(part) : undefined;
}
