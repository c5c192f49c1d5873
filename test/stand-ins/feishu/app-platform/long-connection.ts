import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { RawAnswer } from './click.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import type { ApiReply } from './replies.ts';
import type { Tenant } from './tenant.ts';

/** At most so many connections an app. */
const mostConnections = 50;
const service = 33554678;

const Asked = z.object({ AppID: z.string(), AppSecret: z.string() });
const Answered = z.object({ code: z.number(), data: z.string().optional() });

/** What clients are told of how to stay connected; in seconds. */
export interface ClientConfig {
  readonly PingInterval: number;
  readonly ReconnectCount: number;
  readonly ReconnectInterval: number;
  readonly ReconnectNonce: number;
}

const json = (code: number, msg: string, data: unknown): ApiReply => ({
  status: 200,
  code,
  body: JSON.stringify({ code, msg, data }),
});

/** The platform's end of the long connections: hands out their addresses, keeps them, and sends each event to one of them. */
export class LongConnections {
  config: ClientConfig = {
    PingInterval: 120,
    ReconnectCount: -1,
    ReconnectInterval: 120,
    ReconnectNonce: 30,
  };
  /** Connections that were ever opened. */
  opened = 0;
  /** Pings that came. */
  pings = 0;
  /** An event is cut into so many frames. */
  fragments = 1;
  readonly #tenant: Tenant;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Map<string, string>();
  readonly #sockets = new Map<WebSocket, string>();
  readonly #waiting = new Map<string, (answer: RawAnswer) => void>();

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
  }

  /** How many connections an app has at the moment. */
  count(appId: string): number {
    return [...this.#sockets.values()].filter((id) => id === appId).length;
  }

  /** `POST /callback/ws/endpoint`. */
  endpoint(body: unknown, host: string): ApiReply {
    const asked = Asked.safeParse(body).data;
    const app = asked === undefined ? undefined : this.#tenant.apps.get(asked.AppID);
    if (app === undefined || app.appSecret !== asked?.AppSecret) return json(514, 'auth failed', {});
    if (this.count(app.appId) >= mostConnections)
      return json(1_000_040_350, 'the number of connections exceeded the limit', {});
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.set(ticket, app.appId);
    const query = `fpid=493&aid=552564&device_id=7&service_id=${service}&ticket=${ticket}`;
    return json(0, '', { URL: `ws://${host}/ws/v2?${query}`, ClientConfig: this.config });
  }

  /** The handshake: a ticket serves once. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const ticket = searchParams.get('ticket') ?? '';
    const appId = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (pathname !== '/ws/v2' || appId === undefined) {
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nhandshake-status: 514\r\nhandshake-msg: auth failed\r\nconnection: close\r\n\r\n',
      );
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.opened++;
      this.#sockets.set(client, appId);
      client.on('close', () => this.#sockets.delete(client));
      // A connection that breaks closes as well.
      client.on('error', () => undefined);
      client.on('message', (data) => this.#take(client, data));
    });
  }

  #take(client: WebSocket, data: RawData): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data);
    const { method, headers, payload } = decodeFrame(bytes);
    if (method === 0 && headers.type === 'ping') {
      this.pings++;
      const pong = {
        method: 0 as const,
        service,
        headers: { type: 'pong' },
        payload: JSON.stringify(this.config),
      };
      client.send(encodeFrame(pong));
      return;
    }
    const answer = this.#waiting.get(headers.message_id ?? '');
    if (method !== 1 || answer === undefined) return;
    const said = Answered.safeParse(JSON.parse(Buffer.from(payload ?? '{}').toString('utf8'))).data;
    answer({
      status: said?.code ?? 0,
      body: Buffer.from(said?.data ?? '', 'base64').toString('utf8'),
    });
  }

  /** Sends an event to one of the app's connections, whichever, and waits so long for what it says. */
  async send(appId: string, event: unknown, withinMs: number): Promise<RawAnswer> {
    const clients = [...this.#sockets].filter(([, id]) => id === appId).map(([client]) => client);
    const client = clients[Math.floor(Math.random() * clients.length)];
    if (client === undefined) return { error: 200340 };
    const messageId = randomBytes(16).toString('hex');
    const payload = Buffer.from(JSON.stringify(event));
    const size = Math.ceil(payload.length / this.fragments);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ error: 200341 }), withinMs);
      const gone = (): void => settle({ error: 200342 });
      const settle = (answer: RawAnswer): void => {
        clearTimeout(timer);
        client.off('close', gone);
        this.#waiting.delete(messageId);
        resolve(answer);
      };
      client.once('close', gone);
      this.#waiting.set(messageId, settle);
      for (let seq = 0; seq < this.fragments; seq++)
        client.send(
          encodeFrame({
            method: 1,
            service,
            headers: {
              type: 'event',
              message_id: messageId,
              sum: String(this.fragments),
              seq: String(seq),
              trace_id: messageId,
            },
            payload: payload.subarray(seq * size, (seq + 1) * size),
          }),
        );
    });
  }

  /** Cuts every connection; clients come again. */
  drop(): void {
    for (const client of this.#sockets.keys()) client.terminate();
  }
}
