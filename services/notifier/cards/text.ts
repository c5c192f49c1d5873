import { styleText } from 'node:util';
import type { Message } from '#shared/model/index.ts';
import type { Digest } from './digest.ts';
import { maskedMessage } from './masked.ts';
import { plain } from './plain.ts';
import { type CardView, cardView } from './view.ts';
import type { Language } from './words.ts';

export interface TextOptions {
  readonly language: Language;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Takes out of a text what the channel is not allowed to see. */
  readonly mask: (text: string) => string;
  /** Colours, for a terminal. */
  readonly color: boolean;
}

const terminalColors = { red: 'red', orange: 'yellow', blue: 'blue', green: 'green', grey: 'gray' } as const;

const indented = (text: string): string[] => text.split('\n').map((line) => `    ${line}`);

/** The message's card as lines of text, ended by an empty one. Text from logs can neither colour nor move the terminal's cursor. */
export function renderText(message: Message, options: TextOptions): string {
  const view: CardView = cardView(maskedMessage(message, options.mask), { ...options, scale: 1 });
  const bold = (text: string) => (options.color ? styleText('bold', text, { validateStream: false }) : text);
  const title = options.color
    ? styleText(['bold', terminalColors[view.color]], view.title, { validateStream: false })
    : view.title;
  const lines = [
    `${title}  (${view.subtitle})`,
    ...view.facts.map(({ label, value }) => `  ${label}: ${value.replaceAll('\n', ' ')}`),
    ...(view.conclusion === undefined
      ? []
      : [
          `  ${bold(view.conclusion.label)} (${view.conclusion.by})`,
          ...indented(view.conclusion.summary),
          ...(view.conclusion.cause === undefined
            ? []
            : [`  ${bold(view.conclusion.cause.label)}`, ...indented(view.conclusion.cause.value)]),
        ]),
    ...(view.without === undefined ? [] : [`  ${view.without}`]),
    ...(view.actions === undefined
      ? []
      : [
          `  ${bold(view.actions.label)}`,
          ...view.actions.items.flatMap(({ text, source }, index) =>
            indented(`${index + 1}. ${text} [${source}]`),
          ),
        ]),
    ...view.lists.flatMap(({ label, items }) => [
      `  ${bold(label)}`,
      ...items.flatMap((item) => indented(`- ${item}`)),
    ]),
    ...(view.evidence === undefined
      ? []
      : [`  ${bold(view.evidence.label)}`, ...indented(view.evidence.text)]),
    `  ${view.footer}`,
    '',
    '',
  ];
  return lines.join('\n');
}

/** The digest as lines of text, ended by an empty one. */
export function renderDigestText(digest: Digest, options: TextOptions): string {
  const rows = digest.entries.map(({ severity, service, title, incidentId }) =>
    plain(options.mask(`${severity} ${service}: ${title} ${incidentId}`)),
  );
  return `${rows.join('\n')}\n\n`;
}
