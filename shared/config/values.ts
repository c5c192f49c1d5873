import { z } from 'zod';

/** A number of seconds within bounds, with a default. */
export const seconds = (min: number, max: number, fallback: number) =>
  z.number().min(min).max(max).default(fallback);

/** An address that `fetch` is given, which refuses one with a user name and a password in it, and quotes them. */
export const plainUrl = z.url({ protocol: /^https?$/ }).refine((url) => {
  const parsed = URL.parse(url);
  return parsed === null || parsed.username + parsed.password === '';
}, 'must not hold a user name or password');

/** A file in PEM; it is read where it is used, and complained of there. */
export const pemFile = z.string().min(1);

interface Limits {
  readonly warning?: number | null | undefined;
  readonly critical?: number | null | undefined;
  readonly belowWarning?: number | null | undefined;
  readonly belowCritical?: number | null | undefined;
}

/** Refines limits: what is critical is not reached before what is a warning. */
export function inOrder(
  { warning, critical, belowWarning, belowCritical }: Limits,
  context: z.core.$RefinementCtx,
): void {
  if ((critical ?? Number.POSITIVE_INFINITY) < (warning ?? Number.NEGATIVE_INFINITY))
    context.addIssue({
      code: 'custom',
      path: ['critical'],
      message: `is below the limit of a warning (${warning})`,
    });
  if ((belowCritical ?? Number.NEGATIVE_INFINITY) > (belowWarning ?? Number.POSITIVE_INFINITY))
    context.addIssue({
      code: 'custom',
      path: ['belowCritical'],
      message: `is above the limit of a warning (${belowWarning})`,
    });
}

/** A name that users give to something: part of a topic's name in places. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'use lower-case letters, digits, - and _ (63 at most)');

/** A pattern of names with * and ?. The time that it takes on a hostile text grows by a power with each star: some milliseconds with three. */
export const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => (text.match(/\*+/g)?.length ?? 0) <= 3, 'use at most three * in a pattern');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

export const timeZone = z
  .string()
  .refine(isTimeZone, 'use a name as Asia/Shanghai or UTC')
  .describe('IANA name.');

export const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, 00:00 to 23:59');

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const days = z
  .array(z.enum(week))
  .min(1)
  .default([...week])
  .describe('On which it begins.');
