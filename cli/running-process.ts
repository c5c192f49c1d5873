import { Agent, type Dispatcher, fetch, type Response } from 'undici';
import { z } from 'zod';
import { viaHeader } from '#shared/audit/index.ts';
import type { FolderInUse } from '#shared/bus/embedded/lock.ts';
import { apiRoles, type Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { trustOwn } from '#shared/tls/index.ts';

const Refusal = z.object({ error: z.string(), mistakes: z.array(z.string()).default([]) });
const patienceMs = 15_000;

/** The running process that holds the data of the embedded bus, asked over HTTP. */
export class RunningProcess {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #inUse: FolderInUse;
  readonly #dispatcher: Dispatcher;

  /**
   * @param inUse says who has the data
   * @throws LogpatrolError `invalid-config` where `http.tls.certificateFile` cannot be read
   */
  constructor({ http: { host, port, token, tokens, tls } }: Config, inUse: FolderInUse) {
    // Who listens everywhere is asked here.
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    this.#url = `${tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
    const own = token ?? tokens.find(({ role }) => role === apiRoles.admin)?.token;
    this.#headers = {
      [viaHeader]: 'cli',
      ...(own !== undefined && { authorization: `Bearer ${own}` }),
    };
    this.#dispatcher = new Agent(tls === undefined ? {} : { connect: trustOwn(tls.certificateFile) });
    this.#inUse = inUse;
  }

  /**
   * What it answers.
   *
   * @throws LogpatrolError `usage` with its words where it refuses, `unreachable` where it cannot at the moment,
   * `unusable-environment` where nobody answers
   */
  async ask<T>(method: string, path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#url + path, {
        method,
        headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        dispatcher: this.#dispatcher,
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await response.text();
    } catch (error) {
      throw this.#noneAnswers(error);
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw this.#noneAnswers(error);
    }
    if (response.ok) {
      const read = answer.safeParse(parsed);
      if (read.success) return read.data;
      throw this.#noneAnswers(read.error);
    }
    const { error, mistakes } = Refusal.catch({ error: `HTTP ${response.status}`, mistakes: [] }).parse(
      parsed,
    );
    throw new LogpatrolError(
      response.status >= 500 ? 'unreachable' : 'usage',
      [error, ...mistakes].join('; '),
    );
  }

  #noneAnswers(cause: unknown): LogpatrolError {
    return new LogpatrolError(
      'unusable-environment',
      `${this.#inUse.message.split(':')[0]}, and no logpatrol answers at ${this.#url}: name the http.port that it runs with (LOGPATROL_HTTP_PORT)`,
      { cause },
    );
  }
}
