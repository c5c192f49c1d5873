import type { Config } from '#shared/config/index.ts';
import type { Language } from './words/index.ts';

/** What of the configuration cards show. */
export type CardsConfig = Pick<Config, 'kibana' | 'cards' | 'people' | 'interaction'> & {
  readonly http: Pick<Config['http'], 'publicUrl' | 'linkKey'>;
};

/** What a card's words depend on besides its message. */
export interface ViewOptions {
  readonly config: CardsConfig;
  readonly language: Language;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Takes out of a text what the channel is not allowed to see. */
  readonly mask: (text: string) => string;
  /** How people act on it: by buttons that call back, by signed links, or not at all. */
  readonly buttons: 'callback' | 'links' | 'none';
  /** True where the card is kept up to date in place: it is always the whole card then, and never a note. */
  readonly canUpdate: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface RenderOptions extends ViewOptions {
  /** The card's JSON takes no more than so many bytes of UTF-8; at least 8 KB. */
  readonly maxBytes: number;
  /** Only text: no mentions, no chart, no buttons, no template of the user's. */
  readonly plain: boolean;
}

/** How much of the long parts of a card is shown, as a share of the most. */
export interface Scale {
  /** Of what everybody sees. */
  readonly main: number;
  /** Of the full text that unfolds; 0 leaves it out. */
  readonly full: number;
}

/** Everything that a card shows at most. */
export const wholeScale: Scale = { main: 1, full: 1 };
