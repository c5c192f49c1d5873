import { styleText } from 'node:util';
import type { Message } from '#shared/model/index.ts';
import type { Digest } from './digest.ts';
import { digestView } from './digest-view.ts';
import { shownMessage } from './masked.ts';
import { type CardsConfig, wholeScale } from './options.ts';
import { viewOf } from './view.ts';
import type { CardView, DigestView, MemberView } from './view-model.ts';
import type { Language } from './words/index.ts';

export interface TextOptions {
  readonly language: Language;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Takes out of a text what the channel is not allowed to see. */
  readonly mask: (text: string) => string;
  /** Colours, for a terminal. */
  readonly color: boolean;
}

type Style = 'title' | 'label' | 'plain';
interface Line {
  readonly text: string;
  readonly style: Style;
}

const terminalColors = { red: 'red', orange: 'yellow', blue: 'blue', green: 'green', grey: 'gray' } as const;

/** There is nothing to link to and nobody to click. */
const nowhere: CardsConfig = {
  http: {},
  kibana: undefined,
  cards: {},
  people: {},
  interaction: { roles: {}, defaultRole: '', linkRole: '', linkHours: 0 },
};

/** The message's card as lines of text, ended by an empty one. Text from logs can neither colour nor move the terminal's cursor. */
export function renderText(message: Message, options: TextOptions): string {
  const view = viewOf(
    shownMessage(message, options.mask),
    { ...options, config: nowhere, buttons: 'none', canUpdate: false, now: 0 },
    wholeScale,
  );
  return coloured(view.color, cardLines(view), options.color);
}

/** The digest as lines of text, ended by an empty one. */
export function renderDigestText(digest: Digest, options: TextOptions): string {
  const view = digestView(digest, options);
  return coloured(view.color, digestTextLines(view), options.color);
}

/** The words of a card, line by line, without its title. */
export function viewLines(view: CardView): string[] {
  return cardLines(view)
    .slice(1)
    .map(({ text }) => text.trimEnd());
}

/** The words of a digest, line by line, without its title. */
export function digestLines(view: DigestView): string[] {
  return digestTextLines(view)
    .slice(1)
    .map(({ text }) => text.trimEnd());
}

const plainLine = (text: string): Line => ({ text: `  ${text}`, style: 'plain' });
const label = (text: string): Line => ({ text: `  ${text}`, style: 'label' });
const indented = (text: string): Line[] =>
  text.split('\n').map((line) => ({ text: `    ${line}`, style: 'plain' }));

function block(part: { readonly label: string; readonly text: string } | undefined): Line[] {
  return part === undefined || part.text === '' ? [] : [label(part.label), ...indented(part.text)];
}

function list(part: { readonly label: string; readonly items: readonly string[] } | undefined): Line[] {
  return part === undefined
    ? []
    : [label(part.label), ...part.items.flatMap((item) => indented(`- ${item}`))];
}

function memberText({ service, title, count, state, id }: MemberView): string {
  return `${service}: ${title} ${count} ${state} ${id}`;
}

function cardLines(view: CardView): Line[] {
  const { conclusion, mentions, members, steps, without } = view;
  const names = mentions?.people.map(({ name }) => name).join(', ');
  return [
    { text: `${view.title}  (${view.subtitle})`, style: 'title' },
    ...(mentions === undefined ? [] : [plainLine(`${mentions.label}: ${names}`)]),
    ...view.facts.map(({ label: name, value }) => plainLine(`${name}: ${value.replaceAll('\n', ' ')}`)),
    ...(view.full?.facts ?? []).map(({ label: name, value }) => plainLine(`${name}: ${value}`)),
    ...(conclusion === undefined
      ? []
      : [
          label(conclusion.label),
          ...indented(conclusion.summary),
          ...(conclusion.cause === undefined
            ? []
            : [label(conclusion.cause.label), ...indented(conclusion.cause.value)]),
        ]),
    ...block(view.proof),
    ...(conclusion === undefined ? [] : [plainLine(conclusion.by)]),
    ...(without === undefined ? [] : [plainLine(without)]),
    ...block(view.evidence),
    ...(steps === undefined
      ? []
      : [
          label(steps.label),
          ...steps.items.flatMap(({ text, source }, index) =>
            indented(`${index + 1}. ${text}${source === '' ? '' : ` [${source}]`}`),
          ),
        ]),
    ...view.lists.flatMap((each) => list(each)),
    ...(members === undefined
      ? []
      : [
          ...list({ label: members.label, items: members.rows.map(memberText) }),
          ...(members.more === undefined ? [] : [plainLine(members.more)]),
        ]),
    ...list(view.history),
    ...view.links.map(({ text, url }) => plainLine(`${text}: ${url}`)),
    plainLine(view.footer),
  ];
}

function digestTextLines(view: DigestView): Line[] {
  return [
    { text: `${view.title}  (${view.subtitle})`, style: 'title' },
    ...view.groups.flatMap((group) => [
      label(group.label),
      ...group.rows.flatMap((row) => indented(memberText(row))),
    ]),
    ...(view.waiting === undefined ? [] : [plainLine(view.waiting)]),
    plainLine(view.footer),
  ];
}

function coloured(color: CardView['color'], lines: readonly Line[], isColoured: boolean): string {
  const shown = lines.map(({ text, style }) => {
    if (!isColoured || style === 'plain') return text;
    const title = styleText(['bold', terminalColors[color]], text, { validateStream: false });
    return style === 'title' ? title : styleText('bold', text, { validateStream: false });
  });
  return [...shown, '', ''].join('\n');
}
