import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { Message } from '#shared/model/index.ts';
import type { Digest } from './digest.ts';
import type { Fact } from './facts.ts';
import { codeBlock, escapeMarkdown } from './markdown.ts';
import { maskedMessage } from './masked.ts';
import { type ActionView, type CardView, cardView } from './view.ts';
import type { Language } from './words.ts';

/** A card as Feishu takes it (card JSON 2.0). */
export type FeishuCard = Record<string, unknown>;

/** What of the configuration cards show. */
export type CardsConfig = Pick<Config, 'http' | 'kibana' | 'cards' | 'people' | 'interaction'>;

export interface RenderOptions {
  readonly config: CardsConfig;
  readonly language: Language;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Takes out of a text what the channel is not allowed to see. */
  readonly mask: (text: string) => string;
  /** The card's JSON takes no more than so many bytes of UTF-8. */
  readonly maxBytes: number;
  /** Only text: no mentions, no chart, no template of the user's. */
  readonly plain: boolean;
  /** How people act on it: by buttons that call back, by signed links, or not at all. */
  readonly buttons: 'callback' | 'links' | 'none';
  /** True where the card is kept up to date in place: it is always the whole card then, and never a note. */
  readonly canUpdate: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The text macros and conditions of the templates hold JSON, and text enters them only through these filters. */
function environment(): nunjucks.Environment {
  const folder = fileURLToPath(new URL('templates/', import.meta.url));
  const env = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), {
    autoescape: false,
    throwOnUndefined: true,
    trimBlocks: true,
  });
  env.addFilter('json', (value: unknown) => JSON.stringify(value));
  env.addFilter('md', escapeMarkdown);
  env.addFilter('code', codeBlock);
  env.addFilter('numbered', (items: readonly ActionView[]) =>
    items
      .map(
        ({ text, source }, index) =>
          `${index + 1}. ${escapeMarkdown(text)} <font color='grey'>${escapeMarkdown(source)}</font>`,
      )
      .join('\n'),
  );
  env.addFilter('bulleted', (items: readonly string[]) =>
    items.map((item) => `- ${escapeMarkdown(item)}`).join('\n'),
  );
  env.addFilter('factlines', (facts: readonly Fact[]) =>
    facts.map(({ label, value }) => `**${escapeMarkdown(label)}** ${escapeMarkdown(value)}`).join('<br>'),
  );
  return env;
}

const templates = environment();
const Card = z.record(z.string(), z.unknown());

function fill(view: CardView): FeishuCard {
  try {
    return Card.parse(JSON.parse(templates.render('card.njk', { view })));
  } catch (thrown) {
    throw new LogpatrolError('invalid-config', `card template card.njk: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

/** Each step keeps less of every long part; the last one leaves a card of some 5 KB at the very worst. */
const scales = [1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.08, 0.03];

/**
 * The message's card, always within `maxBytes` (at least 8 KB): where it would be larger, all long parts are shortened in
 * proportion and say so. Pure but for reading the template once.
 *
 * @throws LogpatrolError `invalid-config` where the template does not make JSON
 */
export function renderFeishuCard(message: Message, options: RenderOptions): FeishuCard {
  const shown = maskedMessage(message, options.mask);
  let card: FeishuCard = {};
  for (const scale of scales) {
    card = fill(cardView(shown, { language: options.language, timeZone: options.timeZone, scale }));
    if (Buffer.byteLength(JSON.stringify(card)) <= options.maxBytes) break;
  }
  return card;
}

/** The card of a digest, always within `maxBytes` (at least 8 KB), with a row for each entry. */
export function renderFeishuDigest(digest: Digest, options: RenderOptions): FeishuCard {
  const rows = digest.entries.map(({ severity, service, title, incidentId }) =>
    options.mask(`${severity} ${service}: ${title} ${incidentId}`).slice(0, 100),
  );
  return {
    schema: '2.0',
    header: { title: { tag: 'plain_text', content: `${rows.length}` } },
    body: { elements: [{ tag: 'markdown', content: codeBlock(rows.join('\n')) }] },
  };
}
