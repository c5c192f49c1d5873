import { z } from 'zod';

/** Lengths as Slack counts them; an empty text is refused everywhere. */
const words = (most: number) => z.string().min(1).max(most);
const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: words(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: words(most), verbatim: z.boolean().optional() });
const blockId = { block_id: z.string().max(255).optional() };
const webAddress = z.url({ protocol: /^https?$/ }).max(3000);

const Style = z.strictObject({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});
const Span = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style: Style.optional() }),
  z.strictObject({
    type: z.literal('link'),
    url: webAddress,
    text: z.string().min(1).optional(),
    style: Style.optional(),
  }),
  z.strictObject({ type: z.literal('user'), user_id: z.string() }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string() }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']) }),
]);
const RichSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(Span).min(1) });
const RichPart = z.discriminatedUnion('type', [
  RichSection,
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.array(Span).min(1),
    border: z.int().optional(),
  }),
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    elements: z.array(RichSection).min(1),
    indent: z.int().min(0).max(8).optional(),
  }),
]);

const Button = z.strictObject({
  type: z.literal('button'),
  action_id: words(255).optional(),
  text: plainText(75),
  url: webAddress.optional(),
  value: words(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150), ...blockId }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({
    type: z.literal('section'),
    text: z.discriminatedUnion('type', [plainText(3000), mrkdwn(3000)]).optional(),
    fields: z
      .array(z.discriminatedUnion('type', [plainText(2000), mrkdwn(2000)]))
      .min(1)
      .max(10)
      .optional(),
    ...blockId,
  }),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(z.discriminatedUnion('type', [plainText(3000), mrkdwn(3000)]))
      .min(1)
      .max(10),
    ...blockId,
  }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(Button)
      .min(1)
      .max(25)
      .refine(
        (buttons) => new Set(buttons.map((button) => button.action_id)).size === buttons.length,
        'action_id must be unique',
      ),
    ...blockId,
  }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(RichPart).min(1), ...blockId }),
]);
const Blocks = z.array(Block).max(50);

/** A message of an incoming webhook: unknown attributes are refused, which Slack itself does within blocks. */
export const Message = z.strictObject({
  text: z.string().max(40_000).optional(),
  blocks: Blocks.optional(),
  attachments: z
    .array(
      z.strictObject({
        color: z.string().regex(/^#[0-9a-f]{6}$/),
        blocks: Blocks.min(1),
        fallback: z.string().optional(),
      }),
    )
    .max(100)
    .optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});
export type Message = z.infer<typeof Message>;

/** What a member of the channel sees of a message. */
export interface SeenMessage {
  /** Of the header, or else the first words of it. */
  readonly title: string;
  readonly color: string | undefined;
  /** All words, in order. */
  readonly text: string;
  /** The line of the notification, as people read it. */
  readonly notification: string;
  readonly code: readonly string[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
  /** Whoever is called: `!channel`, `@U123`, `!subteam^S1`. */
  readonly mentions: readonly string[];
}

/** Reads a message as Slack draws it. */
export function readMessage({ text = '', blocks = [], attachments = [] }: Message): SeenMessage {
  const shown: string[] = [];
  const code: string[] = [];
  const links: { text: string; url: string }[] = [];
  const mentions: string[] = [];
  const readMrkdwn = (source: string, isVerbatim: boolean): string => {
    const drawn = source.replaceAll(/<([^<>]*)>/g, (_all, inside: string) => {
      const [target = '', label] = inside.split('|', 2);
      if (/^[!@#]/.test(target)) mentions.push(target);
      else links.push({ text: label ?? target, url: target });
      return label ?? target;
    });
    // Addresses that stand by themselves become links, unless the text is verbatim.
    if (!isVerbatim)
      for (const [url] of drawn.matchAll(/https?:\/\/[^\s|<>]+/g)) links.push({ text: url, url });
    return drawn.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  };
  const readSpan = (span: z.infer<typeof Span>): string => {
    switch (span.type) {
      case 'text':
        return span.text;
      case 'link':
        links.push({ text: span.text ?? span.url, url: span.url });
        return span.text ?? span.url;
      case 'user':
        mentions.push(`@${span.user_id}`);
        return '';
      case 'usergroup':
        mentions.push(`!subteam^${span.usergroup_id}`);
        return '';
      case 'broadcast':
        mentions.push(`!${span.range}`);
        return '';
    }
  };
  const readText = (object: { type: string; text: string; verbatim?: boolean | undefined }): string =>
    object.type === 'plain_text' ? object.text : readMrkdwn(object.text, object.verbatim === true);
  const all = [...blocks, ...attachments.flatMap((attachment) => attachment.blocks)];
  for (const block of all)
    switch (block.type) {
      case 'header':
        shown.push(block.text.text);
        break;
      case 'section':
        if (block.text !== undefined) shown.push(readText(block.text));
        shown.push(...(block.fields ?? []).map(readText));
        break;
      case 'context':
        shown.push(...block.elements.map(readText));
        break;
      case 'actions':
        for (const { text: label, url } of block.elements)
          if (url !== undefined) links.push({ text: label.text, url });
        break;
      case 'rich_text':
        for (const part of block.elements)
          if (part.type === 'rich_text_list')
            shown.push(...part.elements.map(({ elements }) => elements.map(readSpan).join('')));
          else {
            const words = part.elements.map(readSpan).join('');
            if (part.type === 'rich_text_preformatted') code.push(words);
            shown.push(words);
          }
        break;
      case 'divider':
        break;
    }
  const notification = readMrkdwn(text, false);
  if (all.length === 0) shown.push(notification);
  return {
    title: shown[0]?.split('\n')[0] ?? '',
    color: attachments[0]?.color,
    text: shown.join('\n'),
    notification,
    code,
    links,
    mentions,
  };
}
