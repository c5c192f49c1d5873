import { z } from 'zod';
import type { FeishuCard } from '../feishu.ts';
import { chartHtml } from './chart.ts';
import { type Html, html } from './html.ts';
import { markdownHtml } from './markdown.ts';

const Words = z.object({ tag: z.string().optional(), content: z.string() });
const Elements = z.array(z.record(z.string(), z.unknown()));
const Card = z.object({
  header: z
    .object({
      title: Words,
      subtitle: Words.optional(),
      template: z
        .string()
        .regex(/^[a-z]+$/)
        .default('default'),
      text_tag_list: z
        .array(
          z.object({
            text: Words,
            color: z
              .string()
              .regex(/^[a-z]+$/)
              .default('blue'),
          }),
        )
        .default([]),
    })
    .optional(),
  body: z.object({ elements: Elements }),
});

/** Feishu shows so many tags beside a title. */
const shownTags = 3;

/** A card of Feishu as HTML that looks somewhat like it. Its buttons and choices are shown, and do nothing. */
export function cardHtml(card: FeishuCard): Html {
  const { header, body } = Card.parse(card);
  const tags = header?.text_tag_list
    .slice(0, shownTags)
    .map(({ text, color }) => html`<span class="tag tag-${color}">${text.content}</span>`);
  return html`<article class="card">
${
  header === undefined
    ? undefined
    : html`<header class="head-${header.template}"><h2>${header.title.content} ${tags}</h2><p>${header.subtitle?.content}</p></header>`
}
<div class="body">${body.elements.map(elementHtml)}</div>
</article>`;
}

const textOf = (value: unknown): string => Words.safeParse(value).data?.content ?? '';
const elementsOf = (value: unknown): readonly Html[] =>
  (Elements.safeParse(value).data ?? []).map(elementHtml);

function elementHtml(element: Record<string, unknown>): Html {
  switch (element.tag) {
    case 'markdown': {
      const small = element.text_size === 'notation' ? 'small' : 'normal';
      return html`<div class="markdown ${small}">${markdownHtml(String(element.content))}</div>`;
    }
    case 'div': {
      const text = z.object({ tag: z.string(), content: z.string() }).safeParse(element.text).data;
      return text?.tag === 'lark_md'
        ? html`<div class="markdown normal">${markdownHtml(text.content)}</div>`
        : html`<p class="plain">${text?.content}</p>`;
    }
    case 'hr':
      return html`<hr>`;
    case 'column_set': {
      const columns = (Elements.safeParse(element.columns).data ?? []).map(
        ({ elements }) => html`<div class="column">${elementsOf(elements)}</div>`,
      );
      const mode = element.flex_mode === 'bisect' ? 'bisect' : 'flow';
      return html`<div class="columns ${mode}">${columns}</div>`;
    }
    case 'collapsible_panel': {
      const title = z.object({ title: Words }).safeParse(element.header).data?.title.content;
      return html`<details><summary>${title}</summary>${elementsOf(element.elements)}</details>`;
    }
    case 'chart':
      return chartHtml(element.chart_spec);
    case 'button':
      return buttonHtml(element);
    case 'select_static':
      return html`<span class="button default medium">${textOf(element.placeholder)} ▾</span>`;
    case 'overflow':
      return html`<span class="button default medium">⋯</span>`;
    default:
      return html`<p class="note">[${String(element.tag)}]</p>`;
  }
}

const OpenUrl = z.array(z.object({ type: z.string(), default_url: z.string().optional() }));

function buttonHtml({ text, type, size, behaviors }: Record<string, unknown>): Html {
  const url = OpenUrl.safeParse(behaviors).data?.find((each) => each.default_url !== undefined)?.default_url;
  const look = `button ${/^[a-z_]+$/.exec(String(type))?.[0] ?? 'default'} ${size === 'small' ? 'small' : 'medium'}`;
  return url !== undefined && /^https?:\/\//.test(url)
    ? html`<a class="${look}" href="${url}" rel="noreferrer noopener">${textOf(text)}</a>`
    : html`<span class="${look}">${textOf(text)}</span>`;
}
