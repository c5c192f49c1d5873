import type { Config } from '#shared/config/index.ts';
import { type ActionDesk, isAllowed } from '#shared/interaction/index.ts';
import { type SignedLink, signLink } from '#shared/links/index.ts';
import type { PersonAction } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import { createMask } from '#shared/text/masking/index.ts';
import { printable } from '#shared/text/printable.ts';
import type { ActionClerk } from '../actions/clerk.ts';
import type { FindingViewOptions } from './finding-view.ts';
import type { PageWords } from './words/index.ts';

export interface LinkPagesOptions extends ActionDesk {
  readonly config: Config;
  readonly store: StoreReader;
  readonly clerk: ActionClerk;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
}

/** Whether who has this link may do this, as far as roles and the channel go. */
export function mayAct(config: Config, { channel }: SignedLink, action: PersonAction): boolean {
  const { interaction, channels } = config;
  const settings = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
  return settings?.actions !== false && isAllowed(config, interaction.linkRole, action);
}

/** Another link of the same rights and the same end, as seen from a page of a link. */
export function linkBeside(key: string, link: SignedLink, purpose: SignedLink['purpose']): string {
  return `../${purpose === 'view' ? 'f' : 'a'}/${signLink(key, { ...link, purpose })}`;
}

/** A page shows what the channel may see whose card the link stands on. */
export function viewOptions(
  { config, timeZone }: LinkPagesOptions,
  { channel }: SignedLink,
  words: PageWords,
): FindingViewOptions {
  const settings = Object.hasOwn(config.channels, channel) ? config.channels[channel] : undefined;
  const mask = createMask({ key: config.masking.key, reveal: settings?.reveal ?? [] });
  // What browsers obey in place of showing (direction, hidden characters) is shown as what it is.
  const shown = (text: string) => mask(text).split('\n').map(printable).join('\n');
  return { words, timeZone, mask: shown };
}
