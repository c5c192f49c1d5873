import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import type { Principal } from '#shared/access/index.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { openStore } from '#shared/lifecycle/open.ts';
import { type SecuredElasticsearch, startSecuredElasticsearch } from '#test/stack/secured.ts';
import type { Store } from '../../../port.ts';
import { applyElasticsearchAccess } from '../index.ts';
import type { Request } from './operations.ts';

/** What Elasticsearch answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A secured Elasticsearch with one installation set up in it, and the means to come as anybody. */
export interface SecuredSetting {
  readonly server: SecuredElasticsearch;
  readonly namespace: string;
  /** As the user elastic, who set it up. */
  readonly config: Config;
  readonly apiKeys: ReadonlyMap<Principal, string>;
  /** The configuration of a service with its own key, or with whatever is given. */
  configWith(credentials: Record<string, unknown>): Config;
  /** The store of somebody who has this key; closed at the end. */
  storeWith(apiKey: string | undefined): Promise<Store>;
  /** Over the wire, with this Authorization header. */
  ask(request: Request, authorization: string | undefined): Promise<Answer>;
  stop(): Promise<void>;
}

const logger = pino({ level: 'silent' });

/** The Authorization header of a user. */
export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** @param sections of the configuration besides `elasticsearch` */
export async function securedSetting(
  namespace: string,
  sections: (server: SecuredElasticsearch) => Record<string, unknown>,
): Promise<SecuredSetting> {
  const server = await startSecuredElasticsearch();
  const { url, caFile, elasticPassword } = server;
  const configWith = (credentials: Record<string, unknown>): Config =>
    ConfigSchema.parse({ ...sections(server), elasticsearch: { url, caFile, namespace, ...credentials } });
  const config = configWith({ username: 'elastic', password: elasticPassword });
  const stores: Store[] = [];
  const open = async (each: Config): Promise<Store> => {
    const store = await openStore(each, { logger });
    stores.push(store);
    return store;
  };
  await (await open(config)).setup();
  const { apiKeys } = await applyElasticsearchAccess(config, { dryRun: false });
  const agent = new Agent({ ca: readFileSync(caFile), keepAlive: true });
  return {
    server,
    namespace,
    config,
    apiKeys,
    configWith,
    storeWith: (apiKey = '') => open(configWith({ apiKey })),
    ask: async ({ method, path, body, lines }, authorization) => {
      const content = lines
        ? `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`
        : body && JSON.stringify(body);
      const type = lines ? 'application/x-ndjson' : 'application/json';
      const asked = request(new URL(path, url), {
        agent,
        method,
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(content !== undefined && { 'content-type': type }),
        },
      });
      asked.end(content);
      const [answer] = await once(asked, 'response');
      return { status: answer.statusCode, body: await text(answer) };
    },
    stop: async () => {
      for (const store of stores) await store.close();
      agent.destroy();
      await server.stop();
    },
  };
}
