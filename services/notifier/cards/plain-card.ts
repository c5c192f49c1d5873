import type { FeishuCard } from './feishu.ts';
import type { Scale } from './options.ts';
import type { CardView, DigestView } from './view-model.ts';

/** Steps by which the text of a card that is too large all the same is shortened. */
const shrink = 0.9;

/**
 * A card of nothing but a title and one text, which is no Markdown: what a platform takes that refuses anything else. Where it would be
 * larger than `maxBytes`, lines are left out from the end, those that name a finding of its list only when nothing else is left.
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
  if (view === undefined) return card;
  // What names a finding goes last: every finding is on a card by its id. The last line names the one that the card is about.
  const rows = rowsNaming(idsOf(view), lines);
  for (const spared of [rows, new Set([lines.length - 1])]) {
    let others = lines.flatMap((_, index) => (spared.has(index) ? [] : [index]));
    while (others.length > 0 && Buffer.byteLength(JSON.stringify(card)) > maxBytes) {
      others = others.slice(0, Math.floor(others.length * shrink));
      const kept = new Set(others);
      card = cardOf(
        view,
        lines.filter((_, index) => spared.has(index) || kept.has(index)),
      );
    }
  }
  return card;
}

function idsOf(view: CardView | DigestView): string[] {
  const rows = 'groups' in view ? view.groups.flatMap((group) => group.rows) : (view.members?.rows ?? []);
  return rows.map(({ id }) => id);
}

/** Places of the lines that end with one of these, and of the last. */
function rowsNaming(ids: readonly string[], lines: readonly string[]): ReadonlySet<number> {
  const wanted = new Set(ids);
  const named = lines.flatMap((line, index) =>
    wanted.has(line.slice(line.lastIndexOf(' ') + 1)) ? [index] : [],
  );
  return new Set([...named, lines.length - 1]);
}

function cardOf({ title, color }: CardView | DigestView, lines: readonly string[]): FeishuCard {
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: { tag: 'plain_text', content: title }, template: color },
    body: { elements: [{ tag: 'div', text: { tag: 'plain_text', content: lines.join('\n') } }] },
  };
}
