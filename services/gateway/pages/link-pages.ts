import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { readLink, type SignedLink } from '#shared/links/index.ts';
import type { PersonAction } from '#shared/model/index.ts';
import { isHangUp } from '../hang-up.ts';
import { rateLimit } from '../rate-limit.ts';
import { hsts } from '../strict-transport.ts';
import { ActPage } from './act-page.ts';
import { FindingPage } from './finding-page.ts';
import type { LinkPagesOptions } from './options.ts';
import { answerPage, type PageStatus } from './render.ts';
import { isFromOurPage } from './same-origin.ts';
import { type PageWords, pageWords } from './words/index.ts';

/** A name, a note and a choice. */
const maxBodyBytes = 8 * 1024;
/** What people do not reach, and a program that tries does. */
const perMinute = 300;

type ActLink = SignedLink & { readonly purpose: PersonAction };

/**
 * What the signed links on cards open: `GET /a/<token>` shows what can be done, and `POST` to it does it; `GET /f/<token>` shows the
 * finding. The signature is all that it takes. A GET never does anything: chat programs open links to show a preview of them.
 */
export function linkPages(options: LinkPagesOptions & { linkKey: string; publicUrl: string }): Hono {
  const { config, clock, logger, linkKey, publicUrl } = options;
  const { language } = config;
  const words = pageWords(language);
  const trouble = (context: Context, what: keyof PageWords['trouble'], status: PageStatus): Response => {
    const sentence = words.trouble[what];
    return answerPage(
      context,
      { template: 'told', title: sentence, kind: 'trouble', sentence },
      { status, language },
    );
  };
  /** What the token of this request says, or the page that says why it says nothing. */
  const linkOf = (context: Context, token: string): SignedLink | Response => {
    const read = readLink(linkKey, token, clock());
    if (read.kind === 'link') return read.link;
    return trouble(context, read.why, read.why === 'expired' ? 410 : 403);
  };
  const actLinkOf = (context: Context, token: string): ActLink | Response => {
    const link = linkOf(context, token);
    if (link instanceof Response) return link;
    const { purpose } = link;
    return purpose === 'view' ? trouble(context, 'forged', 403) : { ...link, purpose };
  };
  const act = new ActPage(options, words);
  const finding = new FindingPage(options, words);
  // Other sites are told nothing. Not `no-referrer`: with that, browsers say of our own form that it comes from nowhere.
  const secure = secureHeaders({
    ...{ referrerPolicy: 'same-origin', xFrameOptions: 'DENY' },
    strictTransportSecurity: hsts(config.http),
  });
  const limit = rateLimit({ perMinute, clock, refuse: (context) => trouble(context, 'many', 429) });
  const size = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => trouble(context, 'elsewhere', 413),
  });
  return new Hono()
    .use('/a/*', secure, limit)
    .use('/f/*', secure, limit)
    .get('/a/:token', async (context) => {
      const link = actLinkOf(context, context.req.param('token'));
      return link instanceof Response ? link : await act.show(context, link);
    })
    .post('/a/:token', size, async (context) => {
      const link = actLinkOf(context, context.req.param('token'));
      if (link instanceof Response) return link;
      const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/x-www-form-urlencoded') return trouble(context, 'elsewhere', 415);
      if (!isFromOurPage(context, publicUrl)) return trouble(context, 'elsewhere', 403);
      return await act.carryOut(context, link, new URLSearchParams(await context.req.text()));
    })
    .get('/f/:token', async (context) => {
      const link = linkOf(context, context.req.param('token'));
      if (link instanceof Response) return link;
      return link.purpose === 'view' ? await finding.show(context, link) : trouble(context, 'forged', 403);
    })
    .onError((thrown, context) => {
      if (isHangUp(context)) return context.body(null, 400);
      if (thrown instanceof LogpatrolError) logger.warn(`gateway: ${messageOf(thrown)}`);
      else logger.error({ err: thrown }, 'gateway: a page failed');
      return trouble(context, 'busy', 503);
    });
}
