import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Listener } from '../listener.ts';
import { type AppApi, AppPlatform, apiOf } from './app-platform/index.ts';
import { type ApiReply, refusal } from './app-platform/replies.ts';
import { answer, type BotSettings, RateLimit, replies } from './bot.ts';
import type { SeenCard } from './card-validator.ts';
import { type Api, type Fault, FaultScript } from './fault.ts';

/** One request as it came, and what became of it. */
export interface SeenRequest {
  /** Milliseconds since the epoch when its body had arrived. */
  readonly at: number;
  readonly api: Api;
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
  /** Where it listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** Given the body of each request, whatever becomes of it. */
  readonly onBody?: (body: string) => void;
}

const footer = /^(\S+) r(\d+)$/m;

/** What is visible of a request although, or because, its answer is spoiled. */
const takenIn: ReadonlySet<Fault['kind'] | undefined> = new Set([undefined, 'slow', 'lost-answer']);

/**
 * A Feishu that knows one custom bot and the apps and chats of its `platform`, as strict as the real one, and that can be
 * told to misbehave.
 */
export class FeishuStandIn {
  /** Apps, chats, what stands in them, and clicks. */
  readonly platform = new AppPlatform();
  readonly faults = new FaultScript();
  readonly requests: SeenRequest[] = [];
  settings: BotSettings;
  #rate = new RateLimit();
  readonly #onBody: ((body: string) => void) | undefined;
  readonly #listener: Listener;

  constructor(options: FeishuStandInOptions = {}) {
    const { port, host, onBody, ...settings } = options;
    this.#listener = new Listener(
      (request, response) => void this.#handle(request, response),
      port,
      (...parts) => this.platform.connections.upgrade(...parts),
      host,
    );
    this.#onBody = onBody;
    this.settings = { limits: 'platform', ...settings };
    this.platform.limited = this.settings.limits === 'platform';
  }

  /** Where apps call. */
  get baseUrl(): string {
    return this.#listener.origin;
  }

  /** The bot's address. */
  get webhook(): string {
    return `${this.baseUrl}/open-apis/bot/v2/hook/6b1f0a52-stand-in`;
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
  up(): Promise<void> {
    return this.#listener.up();
  }

  /** Closes the port and every connection; what was recorded stays. */
  async down(): Promise<void> {
    const down = this.#listener.down();
    this.platform.connections.drop();
    await down;
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
    const appApi = apiOf(request.method ?? '', request.url ?? '');
    const api = appApi ?? 'bot';
    const fault = this.faults.take(api);
    const isTakenIn = takenIn.has(fault?.kind);
    const right = (): ApiReply =>
      appApi === undefined ? this.#botReply(request, body, at) : this.#appReply(appApi, request, body);
    const reply = fault === undefined || isTakenIn ? right() : spoiled(fault, appApi !== undefined);
    const answered = fault?.kind === 'lost-answer' ? undefined : reply;
    const seen = isTakenIn ? reply?.seen : undefined;
    const match = seen === undefined ? null : footer.exec(seen.text.split('\n').at(-1) ?? '');
    this.requests.push({
      at,
      api,
      bytes: body.length,
      ...(answered !== undefined && 'code' in answered ? { code: answered.code } : {}),
      ...(answered === undefined ? {} : { status: answered.status }),
      ...(fault === undefined ? {} : { fault: fault.kind }),
      ...(seen === undefined ? {} : { seen }),
      ...(match?.[1] === undefined ? {} : { incidentId: match[1], revision: Number(match[2]) }),
    });
    if (fault?.kind === 'hang') return;
    if (answered === undefined) {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'slow') await delay(fault.ms);
    response
      .writeHead(answered.status, { 'content-type': 'application/json; charset=utf-8', ...answered.headers })
      .end(answered.body);
  }

  #botReply(request: IncomingMessage, body: Buffer, at: number): ApiReply {
    return request.method === 'POST' && /^\/open-apis\/bot\/v2\/hook\/[\w-]+$/.test(request.url ?? '')
      ? answer(body, request.socket.remoteAddress ?? '', this.settings, this.#rate, at)
      : replies.code(19001, 'param invalid: incoming webhook access token invalid');
  }

  #appReply(api: AppApi, request: IncomingMessage, body: Buffer): ApiReply {
    return this.platform.answer(api, {
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization,
      host: request.headers.host ?? '',
      body,
    });
  }
}

type Spoiled = Pick<ApiReply, 'status' | 'body' | 'headers' | 'seen'> & { readonly code?: number };

/** What is answered in place of the right answer; `undefined`: nothing is. */
function spoiled(fault: Fault, ofApps: boolean): Spoiled | undefined {
  const reset = (seconds = 1): Record<string, string> => ({ 'x-ogw-ratelimit-reset': String(seconds) });
  switch (fault.kind) {
    case 'code': {
      const { code, msg, resetSeconds } = fault;
      if (resetSeconds !== undefined) return refusal(code, msg, 429, reset(resetSeconds));
      return ofApps ? refusal(code, msg) : replies.code(code, msg);
    }
    case 'status':
      return {
        status: fault.status,
        body: '<html><body>gateway</body></html>',
        ...(fault.status === 429 ? { headers: reset(fault.resetSeconds) } : {}),
      };
    case 'garbage':
      return { status: 200, body: '<!doctype html><p>welcome to the proxy' };
    case 'empty':
      return { status: 200, body: '' };
    case 'slow':
    case 'hang':
    case 'reset':
    case 'lost-answer':
      return undefined;
  }
}
