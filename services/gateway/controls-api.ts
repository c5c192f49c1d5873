import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Config } from '#shared/config/index.ts';
import { audited, type ControlBook, giveFeedback } from '#shared/controls/index.ts';
import { feedbackRecords } from '#shared/interaction/index.ts';
import { ControlDraft, FeedbackDraft } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import { bodyOf, byOf } from './json-body.ts';
import { originOf } from './origin.ts';

export interface ControlsApiOptions {
  readonly book: ControlBook;
  readonly store: StoreReader;
  readonly config: Pick<Config, 'people' | 'domains'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A control is some hundred bytes, its note 2,000 characters at most. */
const maxBodyBytes = 16 * 1024;

const statusOf = { unknown: 404, pinned: 409, scope: 422 } as const;

/**
 * Controls over HTTP: `GET` and `POST /controls`, `DELETE /controls/:id?by=NAME`, `POST /feedback`. Bodies are JSON as `ControlDraft`
 * and `FeedbackDraft` have it; an answer that is not 2xx has `error`, and `mistakes` where the body has any.
 */
export function controlsApi({ book, store, config, clock }: ControlsApiOptions): Hono {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  return new Hono()
    .get('/controls', async (context) => context.json({ controls: await book.list() }))
    .post('/controls', limit, async (context) => {
      const draft = await bodyOf(context, ControlDraft);
      if (draft instanceof Response) return draft;
      return context.json(
        { control: await book.add(draft, audited('control.add', originOf(context), clock())) },
        201,
      );
    })
    .delete('/controls/:id', async (context) => {
      const by = byOf(context);
      if (by === undefined) return context.json({ error: 'say who undoes it: ?by=NAME' }, 400);
      const witness = audited('control.undo', originOf(context), clock(), by);
      const undone = await book.undo(context.req.param('id'), by, witness);
      if (undone.kind === 'unknown') return context.json({ error: 'there is no such control' }, 404);
      return context.json({ control: undone.control });
    })
    .post('/feedback', limit, async (context) => {
      const draft = await bodyOf(context, FeedbackDraft);
      if (draft instanceof Response) return draft;
      const answer = await giveFeedback(
        { store, book, clock },
        draft,
        feedbackRecords(config, originOf(context), clock()),
      );
      if (answer.kind === 'refused') return context.json({ error: answer.message }, statusOf[answer.why]);
      const { kind: _kind, ...rest } = answer;
      return context.json(rest, draft.dryRun ? 200 : 201);
    });
}
