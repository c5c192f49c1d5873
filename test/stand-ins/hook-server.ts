import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, FaultScript } from './feishu/fault.ts';
import { Listener } from './listener.ts';

/** A request as it came. */
export interface HookRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since the epoch when its body had arrived. */
  readonly at: number;
}

/** The right answer to a request, and what people see of it where it was accepted. */
export interface HookAnswer<Seen> {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly seen?: Seen;
}

/**
 * A server on 127.0.0.1 that takes hooks as `answer` says, records them, and can be told to misbehave. `accepted` faults
 * (`slow`, `lost-answer`) take the request and then spoil the answer; the others do not.
 */
export class HookServer<Seen> {
  readonly faults = new FaultScript();
  readonly requests: (HookRequest & { readonly status?: number; readonly fault?: Fault['kind'] })[] = [];
  readonly accepted: Seen[] = [];
  readonly #answer: (request: HookRequest) => HookAnswer<Seen>;
  readonly #listener = new Listener((request, response) => void this.#handle(request, response));

  constructor(answer: (request: HookRequest) => HookAnswer<Seen>) {
    this.#answer = answer;
  }

  get origin(): string {
    return this.#listener.origin;
  }

  /** Starts to listen, on the same port as before where it was up before. */
  up(): Promise<void> {
    return this.#listener.up();
  }

  /** Closes the port and every connection; what was recorded stays. */
  down(): Promise<void> {
    return this.#listener.down();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    } catch {
      // The caller went away before its request was whole: nothing was asked.
      return;
    }
    const request: HookRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      at: Date.now(),
    };
    const fault = this.faults.take('bot');
    if (fault === undefined || fault.kind === 'slow' || fault.kind === 'lost-answer') {
      const { status, headers, body, seen } = this.#answer(request);
      this.requests.push({ ...request, status, ...(fault === undefined ? {} : { fault: fault.kind }) });
      if (seen !== undefined) this.accepted.push(seen);
      if (fault?.kind === 'lost-answer') incoming.socket.resetAndDestroy();
      else {
        if (fault !== undefined) await delay(fault.ms);
        response.writeHead(status, headers).end(body);
      }
      return;
    }
    this.requests.push({ ...request, fault: fault.kind });
    switch (fault.kind) {
      case 'status':
        response
          .writeHead(fault.status, {
            'content-type': 'text/html',
            ...(fault.resetSeconds === undefined ? {} : { 'retry-after': String(fault.resetSeconds) }),
          })
          .end(`<html><body>gateway: ${request.path}</body></html>`);
        return;
      case 'garbage':
        response.writeHead(200).end('<!doctype html><p>welcome to the proxy');
        return;
      case 'empty':
        response.writeHead(200).end();
        return;
      case 'hang':
        return;
      case 'reset':
        incoming.socket.resetAndDestroy();
        return;
      default:
        throw new Error(`the fault ${fault.kind} means nothing to a hook`);
    }
  }
}
