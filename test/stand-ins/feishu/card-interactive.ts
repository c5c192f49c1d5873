import { z } from 'zod';
import { common, label, plainText, url } from './card-values.ts';

/**
 * What can be clicked, as the component pages of card JSON 2.0 have it (open.feishu.cn, card-json-v2-components/interactive-components:
 * button, single-select-dropdown-menu, overflow; June 2025).
 */
const openUrl = z.strictObject({
  type: z.literal('open_url'),
  default_url: url,
  pc_url: url.optional(),
  ios_url: url.optional(),
  android_url: url.optional(),
});
/** The SDKs handle only objects. */
const callback = z.strictObject({ type: z.literal('callback'), value: z.record(z.string(), z.unknown()) });

const behaviors = z
  .array(z.discriminatedUnion('type', [openUrl, callback]))
  .min(1)
  .refine((all) => new Set(all.map(({ type }) => type)).size === all.length, 'two behaviors of a type');

const confirm = z.strictObject({
  title: plainText.extend({ content: z.string().min(1) }),
  text: plainText.extend({ content: z.string().min(1) }),
});

const width = z
  .string()
  .regex(/^(?:default|fill|[1-9]\d{2,}px)$/)
  .optional();

export const button = z.strictObject({
  tag: z.literal('button'),
  ...common,
  text: label,
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
  width,
  hover_tips: plainText.optional(),
  disabled: z.boolean().optional(),
  disabled_tips: plainText.optional(),
  confirm: confirm.optional(),
  behaviors,
});

const options = <T extends z.ZodType<{ value?: string | undefined }>>(option: T) =>
  z
    .array(option)
    .min(1)
    .refine(
      (all) => new Set(all.map(({ value }) => value)).size === all.length,
      'two options of the same value: clients cannot tell them apart',
    );

export const selectStatic = z.strictObject({
  tag: z.literal('select_static'),
  ...common,
  type: z.enum(['default', 'text']).optional(),
  disabled: z.boolean().optional(),
  initial_option: z.string().optional(),
  initial_index: z.int().nonnegative().optional(),
  placeholder: plainText.optional(),
  width,
  behaviors: z.array(callback).length(1),
  options: options(z.strictObject({ text: label, value: z.string().min(1) })),
  confirm: confirm.optional(),
});

export const overflow = z.strictObject({
  tag: z.literal('overflow'),
  ...common,
  width,
  options: options(
    z.strictObject({
      text: label,
      multi_url: z
        .strictObject({ url, pc_url: url.optional(), ios_url: url.optional(), android_url: url.optional() })
        .optional(),
      value: z.string().min(1).optional(),
    }),
  ),
  behaviors: z.array(callback).length(1).optional(),
  confirm: confirm.optional(),
});
