import type { FeishuCard } from './feishu.ts';
import type { Scale } from './options.ts';
import type { CardView, DigestView } from './view-model.ts';

/** Steps by which the text of a card that is too large all the same is shortened. */
const shrink = 0.9;

/**
 * A card of nothing but a title and one text, which is no Markdown: what a platform takes that refuses anything else. The text is cut
 * at a line where it would be larger than `maxBytes`.
 */
export function plainCard(
  at: (scale: Scale) => readonly [CardView | DigestView, readonly string[]],
  scales: readonly Scale[],
  maxBytes: number,
): FeishuCard {
  let card: FeishuCard = {};
  let lines: readonly string[] = [];
  let view: CardView | DigestView | undefined;
  for (const scale of scales) {
    [view, lines] = at(scale);
    card = cardOf(view, lines);
    if (Buffer.byteLength(JSON.stringify(card)) <= maxBytes) return card;
  }
  while (view !== undefined && lines.length > 1 && Buffer.byteLength(JSON.stringify(card)) > maxBytes) {
    // The last line names the incident and its revision.
    lines = [...lines.slice(0, Math.floor((lines.length - 1) * shrink)), ...lines.slice(-1)];
    card = cardOf(view, lines);
  }
  return card;
}

function cardOf({ title, color }: CardView | DigestView, lines: readonly string[]): FeishuCard {
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: { tag: 'plain_text', content: title }, template: color },
    body: { elements: [{ tag: 'div', text: { tag: 'plain_text', content: lines.join('\n') } }] },
  };
}
