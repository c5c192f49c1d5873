import type { Context } from 'hono';

/**
 * Whether a form was sent from a page of ours, as its browser says: its Origin is the host that was asked, or the public address where a
 * proxy asks in its place. A browser says so with every form; what does not is no browser, and has no business with forms.
 */
export function isFromOurPage({ req }: Context, publicUrl: string): boolean {
  if (!/^(?:same-origin|)$/.test(req.header('sec-fetch-site') ?? '')) return false;
  const origin = URL.parse(req.header('origin') ?? '');
  if (origin === null) return false;
  return origin.host === req.header('host')?.toLowerCase() || origin.origin === URL.parse(publicUrl)?.origin;
}
