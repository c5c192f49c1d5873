/** Texts are masked up to here; what differs further on is the same failure. In characters. */
const maxMasked = 1024;

/**
 * Everything in a line that varies from one occurrence of a failure to the next, in one pass. Every alternative begins at a
 * word's edge or a separator and is bounded or possessive by its alphabet, so that a pass takes linear time.
 */
const variable = new RegExp(
  [
    // UUID
    '\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b',
    // dates and times with month or weekday names
    '\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\\b,?',
    '\\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\\d{1,2}\\b',
    // addresses
    '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d{1,5})?\\b',
    '\\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}\\b',
    '\\b[0-9a-z][0-9a-z-]{0,62}(?:\\.[0-9a-z-]{1,63}){0,8}:\\d{2,5}\\b',
    // paths of two parts or more, and what Windows has
    '(?<![\\w.])/[\\w.@%+=:,~-]{1,255}(?:/[\\w.@%+=:,~-]{0,255}){1,64}',
    '\\b[a-z]:\\\\[\\w.\\\\ -]{1,255}',
    // hexadecimal, and words with several numbers in them (node names, request ids)
    '\\b0x[0-9a-f]{1,32}\\b',
    '\\b(?=[a-z]{0,32}\\d)[0-9a-f]{8,64}\\b',
    '\\b[a-z_-]{0,32}\\d{1,32}[a-z_:-]{1,32}\\d[\\w:-]{0,64}',
    // numbers with their units
    '\\d{1,32}(?:[.,:]\\d{1,32}){0,8}(?: ?(?:ns|us|µs|ms|s|secs?|seconds?|minutes?|mins?|h|hours?|days?|%|[kmgt]i?b|bytes)\\b)?',
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
