import { z } from 'zod';

/** Values that attributes of card JSON 2.0 may have: facts/feishu-card.md, section 1. */
export const headerColor = z.enum([
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
/** Of a tag beside the title. */
export const tagColor = z.enum(
  'neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine'.split(' '),
);
export const textSize = z.enum([
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
export const align = z.enum(['left', 'center', 'right']);
export const verticalAlign = z.enum(['top', 'center', 'bottom']);
export const spacing = z.string().regex(/^(?:small|medium|large|extra_large|\d{1,2}px)$/);
const boxes = (value: string) =>
  z.string().regex(new RegExp(`^(?:0|${value})(?: (?:0|${value})){0,3}$`), 'invalid margin or padding');
export const margin = boxes('-?\\d{1,2}px');
export const padding = boxes('\\d{1,2}px');
export const url = z.string().regex(/^https?:\/\/[^\s]+$/, 'url scheme not in whitelist');

export const common = {
  element_id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,19}$/)
    .optional(),
  margin: margin.optional(),
};
export const layout = {
  direction: z.enum(['vertical', 'horizontal']).optional(),
  padding: padding.optional(),
  horizontal_spacing: spacing.optional(),
  vertical_spacing: spacing.optional(),
  horizontal_align: align.optional(),
  vertical_align: verticalAlign.optional(),
};

export const plainText = z.strictObject({ tag: z.literal('plain_text'), content: z.string() });
/** What stands on a button: at most 100 characters, and something. */
export const label = plainText.extend({ content: z.string().min(1).max(100) });
