import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';
import nunjucks from 'nunjucks';
import type { Config } from '#shared/config/index.ts';
import type { FindingView, Row } from './finding-view.ts';
import { type PageWords, pageWords } from './words/index.ts';

/** A page and what it shows. Everything is escaped by the templates. */
export type Page =
  | {
      readonly template: 'act';
      readonly title: string;
      readonly finding: Pick<FindingView, 'title' | 'severity' | 'badge'> & {
        readonly facts: readonly Row[];
      };
      readonly page: string;
      readonly trouble?: string;
      readonly form?: {
        /** Tells this form from the next: sent twice, it is done once. */
        readonly once: string;
        readonly people?: readonly { readonly id: string; readonly name: string }[];
      };
    }
  | {
      readonly template: 'told';
      readonly title: string;
      readonly kind: 'done' | 'trouble';
      readonly sentence: string;
      readonly page?: string;
    }
  | {
      readonly template: 'finding';
      readonly title: string;
      readonly finding: FindingView;
      readonly buttons: readonly { readonly text: string; readonly url: string }[];
    };

const folder = fileURLToPath(new URL('templates/', import.meta.url));
const templates = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), {
  autoescape: true,
  trimBlocks: true,
});
const style = readFileSync(new URL('templates/style.css', import.meta.url), 'utf8');
const styleHash = createHash('sha256').update(style).digest('base64');

const headers = {
  // No script, no image, no frame, nothing from elsewhere; the one style is known by its hash.
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex, nofollow',
} as const;

export type PageStatus = 200 | 202 | 400 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 503;

/** Answers with a page that needs no script, loads nothing, and is kept nowhere. */
export function answerPage(
  context: Context,
  page: Page,
  { status = 200, language }: { status?: PageStatus; language: Config['language'] },
): Response {
  const words: PageWords = pageWords(language);
  const optional = { trouble: undefined, form: undefined, page: undefined };
  const html = templates.render(`${page.template}.njk`, { ...optional, ...page, words, language, style });
  return context.html(html, status, headers);
}
