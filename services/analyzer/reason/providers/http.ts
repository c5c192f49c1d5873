import { Agent, type Dispatcher, fetch, type Response } from 'undici';

/** A server that is there takes a connection at once, however long it then needs to answer. */
const connectMs = 5000;

/** For calls that may take minutes: only their own signal ends them, not the client's patience for headers. */
export function patientDispatcher(): Dispatcher {
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: connectMs } });
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher;
}

/** One HTTP request. Rejects as `fetch` does where there is no answer. */
export function call({ method, url, headers, body, signal, dispatcher }: Call): Promise<Response> {
  return fetch(url, { method, signal, dispatcher, ...(headers && { headers }), body: body ?? null });
}

/** An answer's body as it may stand in a log line: one line, cut. */
export function excerpt(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
