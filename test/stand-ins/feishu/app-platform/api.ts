import { z } from 'zod';
import { listMessages } from './history.ts';
import type { LongConnections } from './long-connection.ts';
import { createMessage, type MessageCall, replyTo, updateMessage } from './messages.ts';
import type { Limits } from './rate.ts';
import { type ApiReply, refusal, throttled } from './replies.ts';
import type { Tenant } from './tenant.ts';
import type { Tokens } from './tokens.ts';

/** What a request to the platform asks for. */
export type AppApi = 'token' | 'create' | 'reply' | 'update' | 'history' | 'endpoint';

/** One request, as it came. */
export interface AppRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly host: string;
  readonly body: Buffer;
}

/** What there is of the platform when a request comes. */
export interface ApiState {
  readonly tenant: Tenant;
  readonly tokens: Tokens;
  readonly connections: LongConnections;
  /** Absent: no limits. */
  readonly limits: Limits | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const Credentials = z.object({ app_id: z.string(), app_secret: z.string() });
const messagesPath = '/open-apis/im/v1/messages';

/** Which API a request is for, `undefined` where it is for none that apps have. */
export function apiOf(method: string, url: string): AppApi | undefined {
  const path = url.split('?')[0] ?? '';
  if (method === 'POST' && path === '/open-apis/auth/v3/tenant_access_token/internal') return 'token';
  if (method === 'POST' && path === '/callback/ws/endpoint') return 'endpoint';
  if (path === messagesPath) return method === 'POST' ? 'create' : method === 'GET' ? 'history' : undefined;
  if (method === 'POST' && /^\/open-apis\/im\/v1\/messages\/\w+\/reply$/.test(path)) return 'reply';
  if (method === 'PATCH' && /^\/open-apis\/im\/v1\/messages\/\w+$/.test(path)) return 'update';
  return undefined;
}

/** Answers one request of an app. */
export function answerApi(api: AppApi, request: AppRequest, state: ApiState): ApiReply {
  const { tenant, tokens, connections, limits, now } = state;
  const body = parse(request.body);
  if (api === 'endpoint') return connections.endpoint(body, request.host);
  if (api === 'token') return tokenReply(body, state);
  const token = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1];
  if (token === undefined) return refusal(99991661);
  const appId = tokens.appOf(token, now);
  if (appId === undefined) return refusal(99991663);
  const wait = limits?.api(appId, api, now) ?? 0;
  if (wait > 0) return throttled(Math.max(1, Math.ceil(wait / 1000)));
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (api === 'history') return listMessages(Object.fromEntries(searchParams), appId, tenant);
  if (tenant.apps.get(appId)?.withheld?.includes('im:message:send_as_bot') === true) return refusal(99991672);
  const call: MessageCall = { appId, body, bytes: request.body.length, now, tenant, limits };
  const messageId = pathname.slice(messagesPath.length + 1).split('/')[0] ?? '';
  switch (api) {
    case 'create':
      return createMessage(call, searchParams.get('receive_id_type') ?? undefined);
    case 'reply':
      return replyTo(call, messageId);
    case 'update':
      return updateMessage(call, messageId);
  }
}

/** The token API refuses with HTTP 200. */
function tokenReply(body: unknown, { tenant, tokens, now }: ApiState): ApiReply {
  const asked = Credentials.safeParse(body).data;
  if (asked === undefined) return refusal(10003, undefined, 200);
  const app = tenant.apps.get(asked.app_id);
  if (app === undefined) return refusal(10014, 'app id not exists', 200);
  if (app.appSecret !== asked.app_secret) return refusal(10014, undefined, 200);
  const { value, expire } = tokens.issue(app.appId, now);
  const given = { code: 0, msg: 'ok', tenant_access_token: value, expire };
  return { status: 200, code: 0, body: JSON.stringify(given) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // GET has none; elsewhere the schema of the API refuses it.
    return undefined;
  }
}
