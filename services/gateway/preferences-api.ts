import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { PreferenceBook } from '#shared/controls/index.ts';
import { PreferenceDraft } from '#shared/model/index.ts';
import { bodyOf, byOf } from './json-body.ts';
import { originOf } from './origin.ts';

/** A preference is some hundred bytes. */
const maxBodyBytes = 4 * 1024;

/**
 * What people and teams want to be told of, over HTTP: `GET /preferences`, `PUT /preferences` with a body as `PreferenceDraft` has it,
 * `DELETE /preferences/:who?by=NAME`. An answer that is not 2xx has `error`, and `mistakes` where the body has any.
 */
export function preferencesApi({ preferences }: { readonly preferences: PreferenceBook }): Hono {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  return new Hono()
    .get('/preferences', async (context) => context.json({ preferences: await preferences.list() }))
    .put('/preferences', limit, async (context) => {
      const draft = await bodyOf(context, PreferenceDraft);
      if (draft instanceof Response) return draft;
      return context.json({ preference: await preferences.set(draft, originOf(context)) });
    })
    .delete('/preferences/:who', async (context) => {
      const by = byOf(context);
      if (by === undefined) return context.json({ error: 'say who resets it: ?by=NAME' }, 400);
      const who = context.req.param('who');
      const isReset = await preferences.reset(who, by, originOf(context));
      return isReset
        ? context.json({ isReset })
        : context.json({ error: `${who} has said nothing of their own` }, 404);
    });
}
