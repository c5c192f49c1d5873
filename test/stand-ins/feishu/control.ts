import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { AppCommand, command as commandApps } from './app-platform/index.ts';
import { Api, Fault } from './fault.ts';
import type { FeishuStandIn } from './server.ts';

const Command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('down') }),
  z.strictObject({ do: z.literal('up') }),
  z.strictObject({ do: z.literal('next'), fault: Fault, requests: z.int().min(1), api: Api.optional() }),
  z.strictObject({ do: z.literal('always'), fault: Fault, api: Api.optional() }),
  z.strictObject({ do: z.literal('well') }),
  z.strictObject({ do: z.literal('limits'), limits: z.enum(['platform', 'unlimited']) }),
]);
/** What the process is told; of the bot, or of the platform of apps. */
export type Command = z.infer<typeof Command> | AppCommand;

/** What `GET /` of the control address says. */
export const State = z.object({
  webhook: z.string(),
  /** Where apps call. */
  baseUrl: z.string(),
  requests: z.number(),
  accepted: z.number(),
  /** How often a card was accepted, by `<incident id> r<revision>`. */
  counts: z.record(z.string(), z.number()),
  /** Calls that were answered with each code; spoiled ones under the fault's kind. */
  codes: z.record(z.string(), z.number()),
});
export type State = z.infer<typeof State>;

function stateOf(feishu: FeishuStandIn): State {
  const codes: Record<string, number> = {};
  for (const request of feishu.requests) {
    const key = request.fault ?? String(request.code);
    codes[key] = (codes[key] ?? 0) + 1;
  }
  return {
    webhook: feishu.webhook,
    baseUrl: feishu.baseUrl,
    requests: feishu.requests.length,
    accepted: feishu.accepted.length,
    counts: Object.fromEntries(feishu.counts()),
    codes,
  };
}

/**
 * Serves the controls of a stand-in on 127.0.0.1, for tests whose stand-in is a process of its own: `GET /` its state, `GET
 * /requests?from=N` what it was sent from the N-th request on, `GET /messages?chat=ID` what stands in a
 * chat, `POST /` one command.
 */
export async function serveControl(
  feishu: FeishuStandIn,
  port = 0,
): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono();
  app.get('/', (context) => context.json(stateOf(feishu)));
  app.get('/requests', (context) =>
    context.json(feishu.requests.slice(Number(context.req.query('from') ?? 0))),
  );
  app.get('/messages', (context) => context.json(feishu.platform.messages(context.req.query('chat'))));
  app.post('/', async (context) => {
    const asked: unknown = await context.req.json();
    const ofApps = AppCommand.safeParse(asked);
    if (ofApps.success) return context.json((await commandApps(feishu.platform, ofApps.data)) ?? {});
    const command = Command.safeParse(asked);
    if (!command.success) return context.json({ error: z.prettifyError(command.error) }, 400);
    switch (command.data.do) {
      case 'down':
        await feishu.down();
        break;
      case 'up':
        await feishu.up();
        break;
      case 'next':
        feishu.faults.next(command.data.fault, command.data.requests, command.data.api);
        break;
      case 'always':
        feishu.faults.always(command.data.fault, command.data.api);
        break;
      case 'well':
        feishu.faults.always(undefined);
        break;
      case 'limits':
        feishu.settings = { ...feishu.settings, limits: command.data.limits };
        feishu.platform.limited = command.data.limits === 'platform';
        break;
    }
    return context.json({});
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) =>
      resolve({
        url: `http://127.0.0.1:${info.port}/`,
        close: () => new Promise((done) => void server.close(() => done())),
      }),
    );
  });
}
