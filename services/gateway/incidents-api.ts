import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { readAudit } from '#shared/audit/index.ts';
import { type ActionDesk, actorOf } from '#shared/interaction/index.ts';
import { PersonAction } from '#shared/model/index.ts';
import { roleFor } from './access/caller.ts';
import type { ActionClerk } from './actions/clerk.ts';
import { bodyOf } from './json-body.ts';
import { originOf } from './origin.ts';

export interface IncidentsApiOptions {
  readonly desk: ActionDesk;
  readonly clerk: ActionClerk;
}

const maxBodyBytes = 16 * 1024;
const answerWithinMs = 10_000;

/** What somebody wants done about an incident. */
const ActionDraft = z.strictObject({
  action: PersonAction,
  by: z.string().trim().min(1).max(200),
  /** A key of `people`. */
  to: z.string().min(1).max(200).optional(),
  note: z.string().trim().min(1).max(500).optional(),
});

const statusOf = {
  unknown: 404,
  role: 403,
  to: 422,
  pinned: 409,
  over: 409,
  already: 409,
  full: 409,
} as const;

const AuditAsk = z.object({
  since: z.iso.datetime({ offset: true }).optional(),
  incident: z.string().min(1).max(200).optional(),
  by: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

/**
 * Incidents over HTTP: `POST /incidents/:id/actions` does what a card's button does, as far as the caller's role may do that, `GET /audit`
 * lists who did what.
 */
export function incidentsApi({ desk, clerk }: IncidentsApiOptions): Hono {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  return new Hono()
    .post('/incidents/:id/actions', limit, async (context) => {
      const draft = await bodyOf(context, ActionDraft);
      if (draft instanceof Response) return draft;
      const { action, by, to, note } = draft;
      const answer = await clerk.act(
        {
          ...originOf(context),
          ...{ incidentId: context.req.param('id'), action },
          by: actorOf(desk.config, by) ?? { id: by, name: by },
          role: roleFor(desk.config, context.get('caller'), action),
          ...(to !== undefined && { to }),
          ...(note !== undefined && { note }),
        },
        answerWithinMs,
      );
      switch (answer.kind) {
        case 'done':
          return context.json({ done: action, control: answer.control, message: answer.sentence.en }, 201);
        case 'refused':
          return context.json({ error: answer.sentence.en }, statusOf[answer.why]);
        case 'under-way':
          return context.json({ done: undefined, message: 'the bus takes its time; it is being done' }, 202);
        case 'failed':
        case 'busy':
          return context.json({ error: 'not possible at the moment; the log of logpatrol says why' }, 503);
      }
    })
    .get('/audit', async (context) => {
      const ask = AuditAsk.safeParse(context.req.query());
      if (!ask.success) {
        const mistakes = ask.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
        return context.json({ error: 'the question is wrong', mistakes }, 400);
      }
      const { since, incident: incidentId, by, limit: most } = ask.data;
      const from = since === undefined ? undefined : Date.parse(since);
      const entries = await readAudit(desk.bus, desk.logger, { since: from, incidentId, by, limit: most });
      return context.json({ entries });
    });
}
