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

  async close(): Promise<void> {
    await this.#client.close();
  }

  #explained(error: unknown): Error {
    if (error instanceof errors.ResponseError) {
      const status = error.statusCode ?? 0;
      if (status === 400 || status === 404 || status === 413)
        return new Refused(status, messageOf(error).slice(0, 1000));
      const remedy = status === 401 || status === 403 ? '; check the credentials under elasticsearch' : '';
      return this.#unreachable(`answered ${status}: ${messageOf(error).slice(0, 500)}${remedy}`, error);
    }
    if (error instanceof errors.ElasticsearchClientError)
      return this.#unreachable(`does not answer (${messageOf(error) || error.name})`, error);
    return error instanceof Error ? error : new Error(messageOf(error));
  }

  #unreachable(what: string, cause: unknown): LogpatrolError {
    return new LogpatrolError('unreachable', `Elasticsearch at ${this.url} ${what}`, { cause });
  }
}
