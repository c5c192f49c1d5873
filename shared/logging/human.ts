import colors from 'yoctocolors';
import { z } from 'zod';
import { printable } from '#shared/text/printable.ts';

/** What a line of ours has besides the fields that its caller gave. */
const Line = z.looseObject({
  '@timestamp': z.string(),
  'log.level': z.string(),
  message: z.string().optional(),
  service: z.looseObject({ name: z.string().optional() }).optional(),
  error: z.looseObject({ message: z.string().optional(), stack_trace: z.string().optional() }).optional(),
});

/** Fields of every line that tell a person at the terminal nothing. */
const dull = /^(?:process\.pid|host\.hostname|ecs\.version|trace|traceId)$/;

/**
 * One ECS line for a person: time of day, level where it is not plain information, message, fields. Stack traces are shown
 * only at debug, since what a user can act on is in the message.
 */
export function humanLine(json: string): string {
  const parsed = Line.safeParse(JSON.parse(json));
  if (!parsed.success) return json;
  const {
    '@timestamp': timestamp,
    'log.level': level,
    message = '',
    error,
    service,
    ...fields
  } = parsed.data;
  const time = new Date(timestamp).toTimeString().slice(0, 8);
  const rest = Object.entries(fields)
    .filter(([key]) => !dull.test(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const cause = error?.message === undefined || message.includes(error.message) ? [] : [error.message];
  const name = service?.name === undefined ? '' : `${service.name}: `;
  const text = printable([[name + message, ...cause].filter(Boolean).join(': '), ...rest].join('  '));
  return `${colors.dim(time)} ${paint(level, text)}\n`;
}

function paint(level: string, text: string): string {
  switch (level) {
    case 'fatal':
    case 'error':
      return `${colors.red(level)} ${text}`;
    case 'warn':
      return `${colors.yellow('warning')} ${text}`;
    case 'debug':
    case 'trace':
      return colors.dim(text);
    default:
      return text;
  }
}
