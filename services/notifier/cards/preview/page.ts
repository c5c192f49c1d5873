import { createHash } from 'node:crypto';
import type { FeishuCard } from '../feishu.ts';
import type { Language } from '../words/index.ts';
import { cardHtml } from './card.ts';
import { type Html, html } from './html.ts';
import { style } from './style.ts';

/** What a channel would get: a card of Feishu, or text. */
export type Shown =
  | { readonly kind: 'card'; readonly card: FeishuCard }
  | { readonly kind: 'text'; readonly text: string };

export interface PreviewPage {
  readonly language: Language;
  /** Said above the cards. */
  readonly title: string;
  readonly shown: readonly Shown[];
}

const nothing: Readonly<Record<Language, string>> = {
  'zh-CN': '没有卡片：未发现问题',
  en: 'No cards: nothing was found',
};

/** Nothing runs, nothing is fetched, nothing is sent; only the page's own style is taken. */
function policy(): string {
  const digest = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

/** A page of its own, in one file, with the cards as Feishu would show them, roughly. */
export function previewPage({ language, title, shown }: PreviewPage): string {
  const cards = shown.map(
    (each): Html => (each.kind === 'card' ? cardHtml(each.card) : html`<pre class="card">${each.text}</pre>`),
  );
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body><main><p class="channel">${title}</p>
${cards.map((card) => html`<section>${card}</section>`)}${shown.length === 0 ? html`<p class="channel">${nothing[language]}</p>` : ''}
</main></body>
</html>
`;
  return page.markup;
}
