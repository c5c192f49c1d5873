import { z } from 'zod';

/** A number of seconds within bounds, with a default. */
export const seconds = (min: number, max: number, fallback: number) =>
  z.number().min(min).max(max).default(fallback);

/** An address that `fetch` is given, which refuses one with a user name and a password in it, and quotes them. */
export const plainUrl = z.url({ protocol: /^https?$/ }).refine((url) => {
  const parsed = URL.parse(url);
  return parsed === null || parsed.username + parsed.password === '';
}, 'must not hold a user name or password');
