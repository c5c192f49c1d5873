import { Client, errors } from '@elastic/elasticsearch';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { readPem } from '#shared/tls/index.ts';

export type ElasticsearchConfig = NonNullable<Config['elasticsearch']>;

/** A call to Elasticsearch. `path` starts with a slash and is already encoded. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Record<string, string | number | boolean>;
  readonly body?: Record<string, unknown>;
  /** Newline-delimited JSON; in place of `body`. */
  readonly lines?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** An answer of more bytes is refused with `TooLarge`. */
  readonly maxBytes?: number;
}

/** Elasticsearch answered that it will not have this request (400, 404, 413), which trying again does not change. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Elasticsearch knows who asks (403), or does not (401), and will not have it. It may pass: rights can be given meanwhile. */
export class Forbidden extends LogpatrolError {
  /** What Elasticsearch said, and what to do about it: the two halves of the message. */
  readonly said: string;
  readonly remedy: string;

  constructor(said: string, remedy: string, options: { cause: unknown }) {
    super('unreachable', `${said}; ${remedy}`, options);
    this.said = said;
    this.remedy = remedy;
  }
}

/** What is wrong where rights are missing, in messages. */
export const missingRightsRemedy =
  'the credentials under elasticsearch lack this right: run it as an account that has it (an administrator: with compose `docker compose run --rm setup …`), or mend roles with `logpatrol security audit --mend --secrets DIR`';

/** The answer is longer than the call's `maxBytes`. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Waiting for an answer to anything but a bulk; a bulk of some megabytes may take longer on a busy cluster. */
const defaultTimeoutMs = 30_000;

/** One Elasticsearch, which need not be up: nothing is sent until the first call, and no call is tried twice in here. */
export class Connection {
  readonly url: string;
  readonly #client: Client;
  readonly #loginRemedy: string;

  constructor(config: ElasticsearchConfig) {
    // Credentials may stand in the URL; they are not repeated in any message.
    const shown = new URL(config.url);
    shown.username = '';
    shown.password = '';
    this.url = shown.href.replace(/\/$/, '');
    const auth =
      config.apiKey !== undefined
        ? { apiKey: config.apiKey }
        : config.username !== undefined
          ? { username: config.username, password: config.password ?? '' }
          : undefined;
    this.#loginRemedy = loginRemedy(config);
    this.#client = new Client({
      node: config.url,
      maxRetries: 0,
      ...(auth !== undefined && { auth }),
      ...(config.caFile !== undefined && { tls: { ca: readPem(config.caFile, 'elasticsearch.caFile') } }),
    });
  }

  /**
   * The parsed body of the answer.
   * @throws Refused for 400, 404 and 413
   * @throws TooLarge where the answer is longer than `maxBytes`
   * @throws LogpatrolError `unreachable` for everything that may pass: no connection, time-out, 429, 5xx, missing rights
   * @throws the signal's reason when it aborts
   */
  async call(call: Call): Promise<unknown> {
    try {
      return await this.#client.transport.request<unknown>(
        {
          method: call.method,
          path: call.path,
          ...(call.query === undefined ? {} : { querystring: call.query }),
          ...(call.body === undefined ? {} : { body: call.body }),
          ...(call.lines === undefined ? {} : { bulkBody: call.lines }),
        },
        {
          maxRetries: 0,
          requestTimeout: call.timeoutMs ?? defaultTimeoutMs,
          ...(call.signal === undefined ? {} : { signal: call.signal }),
          ...(call.maxBytes === undefined
            ? {}
            : { maxResponseSize: call.maxBytes, maxCompressedResponseSize: call.maxBytes }),
        },
      );
    } catch (error) {
      call.signal?.throwIfAborted();
      // The client gives up by itself only where an answer is too long.
      if (call.maxBytes !== undefined && error instanceof errors.RequestAbortedError)
        throw new TooLarge(messageOf(error), { cause: error });
      throw this.#explained(error);
    }
  }

  /** The answer to a GET, or undefined where there is no such thing (404). @throws as `call` */
  async find(path: string, query?: Call['query']): Promise<unknown> {
    try {
      return await this.call({ method: 'GET', path, ...(query && { query }) });
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #explained(error: unknown): Error {
    if (error instanceof errors.ResponseError) {
      const status = error.statusCode ?? 0;
      if (status === 400 || status === 404 || status === 413)
        return new Refused(status, messageOf(error).slice(0, 1000));
      const said = `answered ${status}: ${messageOf(error).slice(0, 500)}`;
      if (status === 401) return this.#forbidden(said, this.#loginRemedy, error);
      if (status === 403) return this.#forbidden(said, missingRightsRemedy, error);
      return this.#unreachable(said, error);
    }
    if (error instanceof errors.ElasticsearchClientError)
      return this.#unreachable(
        `does not answer (${messageOf(error) || error.name})${tlsRemedy(error)}`,
        error,
      );
    return error instanceof Error ? error : new Error(messageOf(error));
  }

  #forbidden(what: string, remedy: string, cause: unknown): Forbidden {
    return new Forbidden(`Elasticsearch at ${this.url} ${what}`, remedy, { cause });
  }

  #unreachable(what: string, cause: unknown): LogpatrolError {
    return new LogpatrolError('unreachable', `Elasticsearch at ${this.url} ${what}`, { cause });
  }
}

/** What to do where Elasticsearch does not know who asks. */
function loginRemedy({ apiKey, username, url }: ElasticsearchConfig): string {
  if (apiKey !== undefined)
    return 'it does not take this API key (elasticsearch.apiKey): `logpatrol setup --part access --secrets DIR` makes a new one';
  if (username !== undefined || new URL(url).username !== '')
    return 'it does not take this user name and password: check elasticsearch.username and elasticsearch.password';
  return 'it wants to know who asks: set elasticsearch.apiKey, or elasticsearch.username and elasticsearch.password';
}

/** What to do where TLS is why there is no answer; nothing where it is not. */
function tlsRemedy(error: errors.ElasticsearchClientError): string {
  const said = messageOf(error);
  if (/certificate|self-signed|self signed|altnames/i.test(said))
    return '; set elasticsearch.caFile to the authority that signed its certificate, and elasticsearch.url to a name that stands in it';
  if (/wrong version number|packet length too long/i.test(said))
    return '; it does not speak TLS there: begin elasticsearch.url with http:, or switch its TLS on';
  return '';
}
