import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Bus } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { readMessage, readQueue, replayDead } from '#shared/queue/index.ts';
import { bodyOf } from './json-body.ts';
import { originOf } from './origin.ts';

export interface QueueApiOptions {
  readonly bus: Bus;
  readonly config: Config;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const maxBodyBytes = 16 * 1024;
const hour = 60 * 60_000;

const moment = z.iso.datetime({ offset: true });
const Ask = z.object({
  channel: z.string().min(1).max(100).optional(),
  since: moment.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});
const ReplayDraft = z.strictObject({
  channel: z.string().min(1).max(100).optional(),
  id: z.string().min(1).max(500).optional(),
  since: moment.optional(),
  by: z.string().trim().min(1).max(200),
});

/** The outboxes over HTTP: `GET /queue`, `GET /queue/messages/:id`, `POST /queue/replay`; what each answers is in `shared/queue/report.ts`. */
export function queueApi({ bus, config, clock }: QueueApiOptions): Hono {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  return new Hono()
    .get('/queue', async (context) => {
      const ask = Ask.safeParse(context.req.query());
      if (!ask.success) {
        const mistakes = ask.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
        return context.json({ error: 'the question is wrong', mistakes }, 400);
      }
      const now = clock();
      const since = ask.data.since === undefined ? now - hour : Date.parse(ask.data.since);
      return context.json(await readQueue(bus, config, { ...ask.data, since, now }));
    })
    .get('/queue/messages/:id', async (context) => {
      const report = await readMessage(bus, config, context.req.param('id'));
      if (report === undefined) return context.json({ error: 'nothing is known of such a message' }, 404);
      return context.json(report);
    })
    .post('/queue/replay', limit, async (context) => {
      const draft = await bodyOf(context, ReplayDraft);
      if (draft instanceof Response) return draft;
      const since = draft.since === undefined ? undefined : Date.parse(draft.since);
      const ask = { ...draft, since, origin: originOf(context), now: clock() };
      return context.json(await replayDead(bus, config, ask));
    });
}
