import {
  hexDigits,
  hexNumber,
  ipv4,
  ipv6,
  monthDay,
  unit,
  unixPath,
  uuid,
  weekday,
  windowsPath,
} from '../masking/variables.ts';

/** Texts are masked up to here; what differs further on is the same failure. In characters. */
const maxMasked = 1024;

/** Everything in a line that varies from one occurrence of a failure to the next, in one pass of linear time. */
const variable = new RegExp(
  [
    uuid,
    weekday,
    monthDay,
    ipv4,
    ipv6,
    // host and port
    '\\b[0-9a-z][0-9a-z-]{0,62}(?:\\.[0-9a-z-]{1,63}){0,8}:\\d{2,5}\\b',
    unixPath,
    windowsPath,
    hexNumber,
    hexDigits,
    // words with several numbers in them (node names, request ids)
    '\\b[a-z_-]{0,32}\\d{1,32}[a-z_:-]{1,32}\\d[\\w:-]{0,64}',
    // numbers with their units
    `\\d{1,32}(?:[.,:]\\d{1,32}){0,8}(?: ?${unit})?`,
  ].join('|'),
  'gi',
);

/** The text with every number, address, identifier, path, duration and date replaced by `*`, cut to about 1 KB. */
export function mask(text: string): string {
  return text
    .slice(0, maxMasked)
    .replace(variable, '*')
    .replace(/(?:\*[\s,;:=|.-]{0,3}){2,}/g, '* ')
    .replace(/\s{1,}/g, ' ')
    .trim();
}
