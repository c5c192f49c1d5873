import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answer, type BotSettings, RateLimit, type Reply, replies } from './bot.ts';
import type { SeenCard } from './card-validator.ts';
import { type Fault, FaultScript } from './fault.ts';

/** One request as it came, and what became of it. */
export interface SeenRequest {
  /** Milliseconds since the epoch when its body had arrived. */
  readonly at: number;
  /** The answer's code; absent where the answer was spoiled by a fault. */
  readonly code?: number;
  readonly status?: number;
  readonly fault?: Fault['kind'];
  /** What the group saw: present exactly where the card was accepted. */
  readonly seen?: SeenCard;
  readonly incidentId?: string;
  readonly revision?: number;
  readonly bytes: number;
}

export interface FeishuStandInOptions extends Partial<BotSettings> {
  /** 0 takes any free port; default. */
  readonly port?: number;
  /** Given the body of each request, whatever becomes of it. */
  readonly onBody?: (body: string) => void;
}

const footer = /^(\S+) r(\d+)$/m;

/** A Feishu that knows one custom bot, on 127.0.0.1, as strict as the platform, and that can be told to misbehave. */
export class FeishuStandIn {
  readonly faults = new FaultScript();
  readonly requests: SeenRequest[] = [];
  settings: BotSettings;
  #rate = new RateLimit();
  readonly #onBody: ((body: string) => void) | undefined;
  #server: Server | undefined;
  #port: number;

  constructor(options: FeishuStandInOptions = {}) {
    const { port, onBody, ...settings } = options;
    this.#port = port ?? 0;
    this.#onBody = onBody;
    this.settings = { limits: 'platform', ...settings };
  }

  /** The bot's address. */
  get webhook(): string {
    return `http://127.0.0.1:${this.#port}/open-apis/bot/v2/hook/6b1f0a52-stand-in`;
  }

  /** Accepted cards, oldest first. */
  get accepted(): SeenRequest[] {
    return this.requests.filter((request) => request.seen !== undefined);
  }

  /** How often a card of each incident and revision was accepted, by `<incident id> r<revision>`. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { incidentId, revision } of this.accepted) {
      const key = `${incidentId} r${revision}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** Starts to listen, on the same port as before where it was up before. */
  async up(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => void this.#handle(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  /** Closes the port and every connection; what was recorded stays. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
    } catch {
      // The caller went away before its request was whole: nothing was asked.
      return;
    }
    const body = Buffer.concat(chunks);
    this.#onBody?.(body.toString('utf8'));
    const at = Date.now();
    const fault = this.faults.take();
    const rightPlace =
      request.method === 'POST' && /^\/open-apis\/bot\/v2\/hook\/[\w-]+$/.test(request.url ?? '');
    const right = rightPlace
      ? answer(body, request.socket.remoteAddress ?? '', this.settings, this.#rate, at)
      : replies.code(19001, 'param invalid: incoming webhook access token invalid');
    const takesIn = fault === undefined || fault.kind === 'slow' || fault.kind === 'lost-answer';
    const record = (reply: Partial<Reply>) => {
      const seen = takesIn ? right.seen : undefined;
      const match = seen === undefined ? null : footer.exec(seen.text.split('\n').at(-1) ?? '');
      this.requests.push({
        at,
        bytes: body.length,
        ...(reply.code === undefined ? {} : { code: reply.code }),
        ...(reply.status === undefined ? {} : { status: reply.status }),
        ...(fault === undefined ? {} : { fault: fault.kind }),
        ...(seen === undefined ? {} : { seen }),
        ...(match?.[1] === undefined ? {} : { incidentId: match[1], revision: Number(match[2]) }),
      });
    };
    const send = (reply: Pick<Reply, 'status' | 'body'>, headers: Record<string, string> = {}) =>
      response
        .writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...headers })
        .end(reply.body);
    switch (fault?.kind) {
      case undefined:
        record(right);
        send(right);
        return;
      case 'slow':
        record(right);
        await delay(fault.ms);
        send(right);
        return;
      case 'code': {
        const reply = replies.code(fault.code, fault.msg);
        record(reply);
        send(reply);
        return;
      }
      case 'status':
        record({ status: fault.status });
        send(
          { status: fault.status, body: '<html><body>gateway</body></html>' },
          fault.status === 429 ? { 'x-ogw-ratelimit-reset': String(fault.resetSeconds ?? 1) } : {},
        );
        return;
      case 'garbage':
        record({ status: 200 });
        send({ status: 200, body: '<!doctype html><p>welcome to the proxy' });
        return;
      case 'empty':
        record({ status: 200 });
        send({ status: 200, body: '' });
        return;
      case 'hang':
        record({});
        return;
      case 'reset':
      case 'lost-answer':
        record({});
        request.socket.resetAndDestroy();
        return;
    }
  }
}
