import type { Message } from '#shared/model/index.ts';
import type { FeishuCard } from './feishu.ts';
import { person } from './filters.ts';
import { escapeMarkdown } from './markdown.ts';
import type { ViewOptions } from './options.ts';
import { cardView } from './view.ts';

/**
 * A card of one line for a reply to the card that was updated: updating rings nobody, a reply does. It calls the message's people, and
 * says why. Pure.
 *
 * @param calls false: their names alone, which ring nobody
 */
export function renderFeishuRing(message: Message, options: ViewOptions, calls: boolean): FeishuCard {
  const { mentions, subtitle, title } = cardView(message, options);
  const people = (mentions?.people ?? []).map(({ name, feishu }) =>
    person({ name, ...(calls && feishu !== undefined ? { feishu } : {}) }),
  );
  const content = [...people, `**${escapeMarkdown(subtitle)}** ${escapeMarkdown(title)}`].join(' ');
  return {
    schema: '2.0',
    config: { update_multi: true, summary: { content: `${subtitle} ${title}` } },
    body: { elements: [{ tag: 'markdown', content }] },
  };
}
