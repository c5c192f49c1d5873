import { z } from 'zod';

/**
 * The part of card JSON 2.0 that logpatrol uses, as strict as the platform: one unknown property refuses the card. Values are
 * from facts/feishu-card.md, sections 1 to 3.
 */
const headerColor = z.enum([
  'blue',
  'wathet',
  'turquoise',
  'green',
  'yellow',
  'orange',
  'red',
  'carmine',
  'violet',
  'purple',
  'indigo',
  'grey',
  'default',
]);
const bases =
  'blue|carmine|green|indigo|lime|orange|purple|red|sunflower|turquoise|violet|wathet|yellow|grey';
/** A named colour, or one of its shades. Hexadecimal colours are refused (sub-code 10002). */
export const color = z
  .string()
  .regex(new RegExp(`^(?:white|bg-white|(?:${bases})(?:-(?:50|100|200|300|350|400|500|600|700|800|900))?)$`));
const textSize = z.enum([
  'heading-0',
  'heading-1',
  'heading-2',
  'heading-3',
  'heading-4',
  'heading',
  'normal',
  'notation',
  'xxxx-large',
  'xxx-large',
  'xx-large',
  'x-large',
  'large',
  'medium',
  'small',
  'x-small',
]);
const align = z.enum(['left', 'center', 'right']);
const verticalAlign = z.enum(['top', 'center', 'bottom']);
const spacing = z.string().regex(/^(?:small|medium|large|extra_large|\d{1,2}px)$/);
const boxes = (value: string) =>
  z.string().regex(new RegExp(`^(?:0|${value})(?: (?:0|${value})){0,3}$`), 'invalid margin or padding');
const margin = boxes('-?\\d{1,2}px');
const padding = boxes('\\d{1,2}px');
const url = z.string().regex(/^https?:\/\/[^\s]+$/, 'url scheme not in whitelist');

const common = {
  element_id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,19}$/)
    .optional(),
  margin: margin.optional(),
};
const layout = {
  direction: z.enum(['vertical', 'horizontal']).optional(),
  padding: padding.optional(),
  horizontal_spacing: spacing.optional(),
  vertical_spacing: spacing.optional(),
  horizontal_align: align.optional(),
  vertical_align: verticalAlign.optional(),
};

const plainText = z.strictObject({ tag: z.literal('plain_text'), content: z.string() });

const markdown = z.strictObject({
  tag: z.literal('markdown'),
  ...common,
  content: z.string().min(1),
  text_align: align.optional(),
  text_size: textSize.optional(),
});

const div = z.strictObject({
  tag: z.literal('div'),
  ...common,
  width: z
    .string()
    .regex(/^(?:fill|auto|\d{2,3}px)$/)
    .optional(),
  text: z.strictObject({
    tag: z.literal('plain_text'),
    content: z.string(),
    element_id: common.element_id,
    text_size: textSize.optional(),
    text_color: color.optional(),
    text_align: align.optional(),
    lines: z.int().min(1).optional(),
  }),
});

const hr = z.strictObject({ tag: z.literal('hr'), ...common });

/** A custom bot's buttons can only open an address. */
const button = z.strictObject({
  tag: z.literal('button'),
  ...common,
  text: plainText.extend({ content: z.string().max(100) }),
  type: z
    .enum([
      'default',
      'primary',
      'danger',
      'text',
      'primary_text',
      'danger_text',
      'primary_filled',
      'danger_filled',
      'laser',
    ])
    .optional(),
  size: z.enum(['tiny', 'small', 'medium', 'large']).optional(),
  width: z
    .string()
    .regex(/^(?:default|fill|\d{3,}px)$/)
    .optional(),
  disabled: z.boolean().optional(),
  behaviors: z
    .array(
      z.strictObject({
        type: z.literal('open_url'),
        default_url: url,
        pc_url: url.optional(),
        ios_url: url.optional(),
        android_url: url.optional(),
      }),
    )
    .min(1),
});

const columnSet = z.strictObject({
  tag: z.literal('column_set'),
  ...common,
  horizontal_spacing: spacing.optional(),
  horizontal_align: align.optional(),
  flex_mode: z.enum(['none', 'stretch', 'flow', 'bisect', 'trisect']).optional(),
  background_style: z.union([z.literal('default'), color]).optional(),
  get columns() {
    return z
      .array(
        z.strictObject({
          tag: z.literal('column'),
          ...common,
          ...layout,
          background_style: z.union([z.literal('default'), color]).optional(),
          width: z
            .string()
            .regex(/^(?:auto|weighted|\d{2,3}px)$/)
            .optional(),
          weight: z.int().min(1).max(5).optional(),
          elements: z.array(Component).min(1),
        }),
      )
      .min(1);
  },
});

const panel = z.strictObject({
  tag: z.literal('collapsible_panel'),
  ...common,
  ...layout,
  expanded: z.boolean().optional(),
  background_color: color.optional(),
  border: z
    .strictObject({
      color: color.optional(),
      corner_radius: z
        .string()
        .regex(/^\d{1,2}px$/)
        .optional(),
    })
    .optional(),
  header: z.strictObject({
    title: z.strictObject({ tag: z.enum(['plain_text', 'markdown']), content: z.string() }),
    background_color: color.optional(),
    vertical_align: verticalAlign.optional(),
    width: z.enum(['fill', 'auto', 'auto_when_fold']).optional(),
  }),
  get elements() {
    return z.array(Component).min(1);
  },
});

const Component: z.ZodType = z.lazy(() =>
  z.discriminatedUnion('tag', [markdown, div, hr, button, columnSet, panel]),
);

const headerText = z.strictObject({ tag: z.enum(['plain_text', 'lark_md']), content: z.string() });

/** A whole card. */
export const CardSchema = z.strictObject({
  schema: z.literal('2.0'),
  config: z
    .strictObject({
      update_multi: z.literal(true).optional(),
      width_mode: z.enum(['default', 'compact', 'fill']).optional(),
      enable_forward: z.boolean().optional(),
      summary: z.strictObject({ content: z.string() }).optional(),
    })
    .optional(),
  card_link: z.strictObject({ url }).optional(),
  header: z
    .strictObject({
      title: headerText,
      subtitle: headerText.optional(),
      text_tag_list: z
        .array(
          z.strictObject({
            tag: z.literal('text_tag'),
            element_id: common.element_id,
            text: plainText,
            color: z.string().optional(),
          }),
        )
        .optional(),
      template: headerColor.optional(),
      padding: padding.optional(),
    })
    .optional(),
  body: z.strictObject({ ...layout, elements: z.array(Component).min(1) }),
});
