import { Agent, FormData, fetch } from 'undici';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, whyNoAnswer } from '#shared/errors/index.ts';
import { readPem } from '#shared/tls/index.ts';

export type KibanaConfig = NonNullable<Config['kibana']>;

/** A call to Kibana. `path` starts with a slash and is already encoded. */
interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Of the configured space; else of Kibana as a whole. */
  readonly inSpace?: boolean;
  readonly body?: unknown;
  /** A file of saved objects, in place of `body`. */
  readonly ndjson?: string;
}

/** What Kibana answered; `body` is undefined where it is not JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Kibana takes a while to import; nothing takes longer. */
const timeoutMs = 120_000;

/** One Kibana, as the configuration says how setup reaches it. */
export class KibanaConnection {
  /** With its base path, without a slash at the end. */
  readonly url: string;
  readonly #prefix: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;

  /** @throws LogpatrolError `invalid-config` where the authority's file cannot be read */
  constructor(config: KibanaConfig) {
    this.url = (config.apiUrl ?? config.url).replace(/\/+$/, '');
    this.#prefix = config.space === undefined ? '' : `/s/${encodeURIComponent(config.space)}`;
    this.#headers = {
      // Kibana takes nothing that writes without the first, and what is its own page's without the second.
      'kbn-xsrf': 'logpatrol',
      'x-elastic-internal-origin': 'logpatrol',
      ...authorization(config),
    };
    const ca = config.caFile === undefined ? undefined : readPem(config.caFile, 'kibana.caFile');
    this.#agent = new Agent({ connect: { ...(ca !== undefined && { ca }) }, headersTimeout: timeoutMs });
  }

  /**
   * The answer, whatever its status but 401 and 403.
   * @throws LogpatrolError `unreachable` where there is none, `invalid-config` where Kibana does not let us
   */
  async call({ method, path, inSpace = false, body, ndjson }: Call): Promise<Answer> {
    const form = ndjson === undefined ? undefined : fileOf(ndjson);
    let answer: Awaited<ReturnType<typeof fetch>>;
    let text: string;
    try {
      answer = await fetch(`${this.url}${inSpace ? this.#prefix : ''}${path}`, {
        method,
        headers: {
          ...this.#headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(form === undefined ? {} : { body: form }),
        redirect: 'manual',
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await answer.text();
    } catch (error) {
      throw new LogpatrolError(
        'unreachable',
        `Kibana at ${this.url} does not answer (${whyNoAnswer(error)}); check kibana.apiUrl (LOGPATROL_KIBANA_API_URL)`,
        { cause: error },
      );
    }
    if (answer.status === 401 || answer.status === 403)
      throw new LogpatrolError(
        'invalid-config',
        `Kibana at ${this.url} refuses ${method} ${path} (${answer.status}); check kibana.username and password, or apiKey, and their rights`,
      );
    return { status: answer.status, body: parsed(text) };
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

function authorization({ apiKey, username, password }: KibanaConfig): Record<string, string> {
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey}` };
  if (username === undefined) return {};
  const credentials = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

function fileOf(ndjson: string): FormData {
  const form = new FormData();
  form.append('file', new File([ndjson], 'logpatrol.ndjson', { type: 'application/ndjson' }));
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of a proxy, or nothing: its status says enough.
    return undefined;
  }
}
