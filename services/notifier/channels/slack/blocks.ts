import type { CardView, DigestRow, DigestView } from '../../cards/index.ts';

/**
 * A message of Slack's Block Kit. All text that is not our own stands in `plain_text` objects and in the text elements of `rich_text`
 * blocks, which Slack shows as they are: no mention, link, emoji or formatting can come out of them, so nothing has to be escaped
 * there. Only the line for notifications is `mrkdwn`.
 */
export interface SlackMessage {
  /** Of notifications; nobody sees it in the channel. */
  readonly text: string;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly blocks: readonly Block[];
  /** A bar in the card's colour stands beside its blocks. */
  readonly attachments?: readonly { readonly color: string; readonly blocks: readonly Block[] }[];
}

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** Slack's limits (reference of Block Kit), in UTF-16 units, which are never fewer than what it counts. */
export const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  buttonText: 75,
  url: 3000,
  buttons: 25,
} as const;

const colors: Record<CardView['color'], string> = {
  red: '#d92d20',
  orange: '#f79009',
  blue: '#2e90fa',
  green: '#17b26a',
  grey: '#98a2b3',
};

interface Span {
  readonly type: 'text';
  readonly text: string;
  readonly style?: { readonly bold?: true; readonly italic?: true };
}

/** Slack refuses a text element that is empty. */
const text = (words: string): Span[] => (words === '' ? [] : [{ type: 'text', text: words }]);
const bold = (words: string): Span[] => text(words).map((span) => ({ ...span, style: { bold: true } }));
const section = (...spans: Span[][]) => ({ type: 'rich_text_section', elements: spans.flat() });
const list = (style: 'bullet' | 'ordered', items: readonly (readonly Span[])[]) => ({
  type: 'rich_text_list',
  style,
  elements: items.map((elements) => ({ type: 'rich_text_section', elements })),
});
const rich = (...elements: object[]): Block => ({ type: 'rich_text', elements });
const plainText = (words: string, most: number) => ({
  type: 'plain_text',
  text: clipped(words, most),
  emoji: false,
});
const context = (words: string): Block => ({ type: 'context', elements: [plainText(words, limits.section)] });

function clipped(words: string, most: number): string {
  if (words.length <= most) return words === '' ? ' ' : words;
  const kept = words.slice(0, most - 1);
  // Never half of a pair of surrogates.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/**
 * A line of `mrkdwn` in which nothing means anything: without these three characters there is no mention and no link, and an
 * address is none once its marks are apart.
 */
function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', ':\u200b//');
}

function message(title: string, color: string, blocks: readonly Block[]): SlackMessage {
  return {
    text: escaped(clipped(title, limits.header)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [{ type: 'header', text: plainText(title, limits.header) }],
    attachments: [{ color, blocks: blocks.slice(0, limits.blocks - 1) }],
  };
}

const lines = ({ label, text: words }: { readonly label: string; readonly text: string }): Block[] => [
  rich(section(bold(label)), { type: 'rich_text_preformatted', elements: text(words) }),
];

function listed(
  label: string,
  items: readonly (readonly Span[])[],
  style: 'bullet' | 'ordered' = 'bullet',
): Block[] {
  const full = items.filter((item) => item.length > 0);
  return full.length === 0 ? [] : [rich(section(bold(label)), list(style, full))];
}

/** Addresses of our own making, as buttons that open them. */
function buttons({ buttons: people, links }: CardView): Block[] {
  const all = [
    ...(people?.kind === 'links' ? [...people.main, ...(people.silences?.buttons ?? [])] : []).flatMap(
      ({ text: words, url, style }) => (url === undefined ? [] : [{ words, url, style }]),
    ),
    ...links.map(({ text: words, url }) => ({ words, url, style: 'default' as const })),
  ].filter(({ url }) => url.length <= limits.url);
  if (all.length === 0) return [];
  return [
    {
      type: 'actions',
      elements: all.slice(0, limits.buttons).map(({ words, url, style }, index) => ({
        type: 'button',
        action_id: `open-${index}`,
        text: plainText(words, limits.buttonText),
        url,
        ...(style === 'default' ? {} : { style }),
      })),
    },
  ];
}

/** The card as Slack shows it, the header first and all else beside a bar in its colour. */
export function cardMessage(view: CardView): SlackMessage {
  const { conclusion, mentions, steps, members, history } = view;
  return message(view.title, colors[view.color], [
    context([view.subtitle, ...view.tags.map((tag) => tag.text)].join(' · ')),
    ...(view.facts.length === 0
      ? []
      : [
          rich(
            section(
              ...view.facts.flatMap(({ label, value }, index) => [
                ...(index === 0 ? [] : [text('\n')]),
                bold(label),
                text(` ${value}`),
              ]),
            ),
          ),
        ]),
    ...(mentions === undefined
      ? []
      : [
          rich(section(bold(mentions.label), text(` ${mentions.people.map(({ name }) => name).join(', ')}`))),
        ]),
    ...(conclusion === undefined
      ? []
      : [
          rich(
            section(
              bold(conclusion.label),
              text(`\n${conclusion.summary}`),
              ...(conclusion.cause === undefined
                ? []
                : [text('\n'), bold(conclusion.cause.label), text(`\n${conclusion.cause.value}`)]),
            ),
          ),
          context(conclusion.by),
        ]),
    ...(view.proof === undefined ? [] : lines(view.proof)),
    ...(view.without === undefined ? [] : [context(view.without)]),
    ...(view.evidence === undefined ? [] : lines(view.evidence)),
    ...(steps === undefined
      ? []
      : listed(
          steps.label,
          steps.items.map(({ text: step, source }) => [
            ...text(step),
            ...(source === '' ? [] : text(` (${source})`)),
          ]),
          'ordered',
        )),
    ...view.lists.flatMap(({ label, items }) => listed(label, items.map(text))),
    ...(members === undefined
      ? []
      : [
          ...listed(
            members.label,
            members.rows.map(({ id, service, title, count, state }) =>
              text(`${service}: ${title} · ${count} · ${state} · ${id}`),
            ),
          ),
          ...(members.more === undefined ? [] : [context(members.more)]),
        ]),
    ...(history === undefined ? [] : listed(history.label, history.items.map(text))),
    ...buttons(view),
    context(view.footer),
  ]);
}

/** A digest's rows take no more than so many characters in all, and each has its incident's id whole. */
const roomForRows = 10_500;

function rowText({ id, service, title, count, state }: DigestRow, room: number): string {
  const rest = ` · ${count} · ${state} · ${id}`;
  return `${clipped(`${service}: ${title}`, Math.max(12, room - rest.length))}${rest}`;
}

function rowsOf(view: DigestView): { label: string; rows: string[] }[] {
  const all = view.groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const room = Math.floor(roomForRows / Math.max(1, all));
  return view.groups.map(({ label, rows }) => ({ label, rows: rows.map((row) => rowText(row, room)) }));
}

export function digestMessage(view: DigestView): SlackMessage {
  return message(view.title, colors[view.color], [
    context(view.subtitle),
    ...rowsOf(view).flatMap(({ label, rows }) => listed(label, rows.map(text))),
    ...(view.waiting === undefined ? [] : [context(view.waiting)]),
    context(view.footer),
  ]);
}

/** The same as nothing but text. */
export function plainDigest(view: DigestView): SlackMessage {
  const rows = rowsOf(view).flatMap(({ label, rows: ofIt }) => [label, ...ofIt]);
  return plainMessage(view.title, [view.title, ...rows, view.waiting ?? '', view.footer].join('\n'));
}

/** Nothing but text, for a channel that has refused the card: sections of at most 3,000 characters, the last one cut. */
export function plainMessage(title: string, words: string): SlackMessage {
  const sections: Block[] = [];
  for (let left = words.trim(); left !== '' && sections.length < 4; ) {
    const isLast = sections.length === 3;
    const newline = left.lastIndexOf('\n', limits.section);
    const end =
      left.length <= limits.section || isLast ? left.length : newline > 0 ? newline : limits.section;
    sections.push({ type: 'section', text: plainText(left.slice(0, end), limits.section) });
    left = left.slice(end).trimStart();
  }
  return {
    text: escaped(clipped(title, limits.header)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: sections,
  };
}
