import type { Message } from '#shared/model/index.ts';
import type { Digest } from './digest.ts';
import { digestView } from './digest-view.ts';
import { scales, smallEnough } from './fitting.ts';
import { shownMessage } from './masked.ts';
import type { RenderOptions, Scale } from './options.ts';
import { plainCard } from './plain-card.ts';
import { cardTrouble } from './schema/index.ts';
import { fillTemplate, type TemplateName } from './template-engine.ts';
import { digestLines, viewLines } from './text.ts';
import { viewOf } from './view.ts';
import type { CardView, DigestView } from './view-model.ts';
import { wordsOf } from './words/index.ts';

/** A card as Feishu takes it (card JSON 2.0). */
export type FeishuCard = Record<string, unknown>;

/**
 * The message's card, always within `maxBytes`: where it would be larger, what unfolds and then all long parts are shortened in
 * proportion and say so. A template of the user's that cannot make this card, or would make one that the platform refuses, is replaced
 * by the shipped one, and the card says so. Pure but for reading each template once.
 */
export function renderFeishuCard(message: Message, options: RenderOptions): FeishuCard {
  const shown = shownMessage(message, options.mask);
  const viewAt = (scale: Scale) => viewOf(shown, options, scale);
  return (
    (options.plain ? undefined : fitted('card.njk', viewAt, options)) ??
    plainCard((scale) => [viewAt(scale), viewLines(viewAt(scale))], scales, options.maxBytes)
  );
}

/** The card of a digest, always within `maxBytes`, with a row for each entry, however short. */
export function renderFeishuDigest(digest: Digest, options: RenderOptions): FeishuCard {
  const viewAt = ({ main }: Scale) => digestView(digest, options, main);
  return (
    (options.plain ? undefined : fitted('digest.njk', viewAt, options)) ??
    plainCard((scale) => [viewAt(scale), digestLines(viewAt(scale))], scales, options.maxBytes)
  );
}

/** The card by the user's template, else by the shipped one; undefined where even the smallest is too large. */
function fitted<View extends CardView | DigestView>(
  name: TemplateName,
  viewAt: (scale: Scale) => View,
  { config, language, maxBytes }: RenderOptions,
): FeishuCard | undefined {
  const own = config.cards.templates;
  if (own !== undefined) {
    try {
      const card = smallEnough((view) => fillTemplate(name, view, language, own), viewAt, maxBytes);
      if (card !== undefined && cardTrouble(card) === undefined) return card;
    } catch {
      // The lint of the start cannot know every finding: this one is told all the same, by the shipped template.
    }
  }
  const footnote = own === undefined ? '' : ` · ${wordsOf(language).ownTemplateFailed}`;
  return smallEnough(
    (view) => fillTemplate(name, { ...view, footer: view.footer + footnote }, language),
    viewAt,
    maxBytes,
  );
}
