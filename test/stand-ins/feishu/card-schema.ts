import { z } from 'zod';
import { chart } from './card-chart.ts';
import { button, overflow, selectStatic } from './card-interactive.ts';
import {
  align,
  color,
  common,
  headerColor,
  layout,
  padding,
  plainText,
  spacing,
  tagColor,
  textSize,
  url,
  verticalAlign,
} from './card-values.ts';

/**
 * The part of card JSON 2.0 that logpatrol uses, as strict as the platform: one unknown property refuses the card. From
 * facts/feishu-card.md, sections 1 to 3.
 */
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
  z.discriminatedUnion('tag', [markdown, div, hr, chart, button, selectStatic, overflow, columnSet, panel]),
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
            text: plainText.extend({ content: z.string().min(1) }),
            color: tagColor.optional(),
          }),
        )
        .optional(),
      template: headerColor.optional(),
      padding: padding.optional(),
    })
    .optional(),
  body: z.strictObject({ ...layout, elements: z.array(Component).min(1) }),
});
