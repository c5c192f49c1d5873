import type { Context, MiddlewareHandler } from 'hono';
import { bearerOf } from '#shared/access/index.ts';
import { apiRoles, type Config } from '#shared/config/index.ts';
import { rateLimit } from '../rate-limit.ts';
import { type Caller, isEntitled } from './caller.ts';
import { strangerWhy } from './local.ts';
import type { OidcVerifier } from './oidc.ts';
import type { RefusalBook } from './refusals.ts';
import { routeOf } from './routes.ts';
import { callerOfToken } from './tokens.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks the API; set for each request that gets to a route of it. */
    caller: Caller;
  }
}

export interface AccessOptions {
  readonly config: Pick<Config, 'http' | 'interaction'>;
  readonly oidc: OidcVerifier | undefined;
  readonly refusals: RefusalBook;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const sendToken = 'send the token of http.token as Authorization: Bearer …';

/**
 * Lets through who may do what their request needs by `apiRoutes`, and says who they are. Where no token and no issuer is configured, that
 * is a person on this machine, who may do everything.
 */
export function access({ config, oidc, refusals, clock }: AccessOptions): MiddlewareHandler {
  const { token, tokens, limits } = config.http;
  const isOpenHere = token === undefined && tokens.length === 0 && oidc === undefined;
  const callers = rateLimit({
    ...{ perMinute: limits.perCaller, clock, refuse: tooMany },
    keyOf: (context) => context.get('caller').account ?? '',
  });
  /** Who it is, or the answer to who it is not. */
  const callerOf = async (context: Context): Promise<Caller | Response> => {
    if (isOpenHere) {
      const refusal = strangerWhy(context);
      return refusal === undefined ? { roles: [apiRoles.admin] } : context.json({ error: refusal }, 403);
    }
    const sent = bearerOf(context.req.header('authorization'));
    if (sent === undefined) return unknown(context, sendToken);
    const known = callerOfToken(config.http, sent);
    if (known !== undefined) return known;
    const judged = (await oidc?.judge(sent)) ?? { kind: 'refused', why: 'there is no such token' };
    switch (judged.kind) {
      case 'caller':
        return judged.caller;
      case 'unavailable':
        context.header('Retry-After', '5');
        return context.json({ error: 'the issuer of tokens does not answer; try again in a while' }, 503);
      case 'refused':
        refusals.note(context, undefined, judged.why);
        return unknown(context, `${sendToken}; this one is not accepted`);
    }
  };
  return async (context, next) => {
    context.header('Cache-Control', 'no-store');
    const caller = await callerOf(context);
    if (caller instanceof Response) return caller;
    context.set('caller', caller);
    return callers(context, async () => {
      const route = routeOf(context.req.method, context.req.path);
      if (route === undefined) context.res = await context.notFound();
      else if (isEntitled(config, caller, route.needs)) await next();
      else {
        const held = caller.roles.length === 0 ? 'no role' : `the role ${caller.roles.join(', ')}`;
        const why = `${held} may not do this; it needs ${route.needs}`;
        refusals.note(context, caller, why, route);
        context.res = context.json({ error: why }, 403);
      }
    });
  };
}

function unknown(context: Context, error: string): Response {
  context.header('WWW-Authenticate', 'Bearer');
  return context.json({ error }, 401);
}

/** The answer to who asks too often. */
export function tooMany(context: Context): Response {
  return context.json({ error: 'too many requests; try again in a while' }, 429);
}
