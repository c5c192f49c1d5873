import { z } from 'zod';
import { common } from './card-values.ts';

/** Types of charts that the page of the component documents with one axis each way. */
const types = ['line', 'area', 'bar', 'scatter', 'pie', 'funnel', 'radar', 'wordCloud'] as const;

/**
 * The part of a VChart specification that the examples of the component's page have (open.feishu.cn, card-json-v2-components/
 * content-components/chart, June 2025). A bad one is refused with 200550; what is not on that page is refused here.
 */
export const ChartSpec = z
  .strictObject({
    type: z.enum(types),
    title: z.strictObject({ text: z.string() }).optional(),
    data: z.strictObject({
      values: z.array(z.record(z.string(), z.union([z.string(), z.number()]))).min(1),
    }),
    xField: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    yField: z.string().optional(),
    seriesField: z.string().optional(),
    direction: z.enum(['horizontal', 'vertical']).optional(),
    axes: z.array(z.record(z.string(), z.unknown())).optional(),
    legends: z.record(z.string(), z.unknown()).optional(),
    label: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine(({ data, xField = [], yField }, context) => {
    const fields = [
      ...(Array.isArray(xField) ? xField : [xField]),
      ...(yField === undefined ? [] : [yField]),
    ];
    if (fields.length < 2) context.addIssue({ code: 'custom', message: 'needs xField and yField' });
    for (const field of fields)
      if (data.values.some((value) => value[field] === undefined))
        context.addIssue({ code: 'custom', path: ['data'], message: `a value has no ${field}` });
    const x = Array.isArray(xField) ? xField : [xField];
    const places = data.values.map((value) => x.map((field) => value[field]).join(' '));
    if (new Set(places).size < places.length)
      context.addIssue({ code: 'custom', path: ['data'], message: 'two values in the same place' });
  });

export const chart = z.strictObject({
  tag: z.literal('chart'),
  ...common,
  /** Judged apart, for its refusals have a code of their own. */
  chart_spec: z.record(z.string(), z.unknown()),
  aspect_ratio: z.enum(['1:1', '2:1', '4:3', '16:9']).optional(),
  color_theme: z.enum(['brand', 'rainbow', 'complementary', 'converse', 'primary']).optional(),
  preview: z.boolean().optional(),
  height: z
    .string()
    .regex(/^(?:auto|[1-9]\d{0,2}px)$/)
    .optional(),
});
