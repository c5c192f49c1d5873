/**
 * Sources of regexes, one for each kind of thing that varies from one occurrence of a line to the next, for the `i` flag. Each
 * begins at a word's edge or a separator and is bounded or possessive by its alphabet, so that a search takes linear time.
 * Whoever masks a line chooses and orders them: a fingerprint takes away more than a template does.
 */

export const uuid = '\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b';

export const ipv4 = '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d{1,5})?\\b';

/** MAC addresses too. */
export const ipv6 = '\\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}\\b';

/** Paths of two parts or more. */
export const unixPath = '(?<![\\w.])/[\\w.@%+=:,~-]{1,255}(?:/[\\w.@%+=:,~-]{0,255}){1,64}';

export const windowsPath = '\\b[a-z]:\\\\[\\w.\\\\ -]{1,255}';

export const hexNumber = '\\b0x[0-9a-f]{1,32}\\b';

/** Hexadecimal without `0x`: eight digits or more, one of them decimal. */
export const hexDigits = '\\b(?=[a-z]{0,32}\\d)[0-9a-f]{8,64}\\b';

export const weekday = '\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\\b,?';

export const monthDay = '\\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\\d{1,2}\\b';

/** What follows a number: durations, sizes, shares. */
export const unit = '(?:ns|us|µs|ms|s|secs?|seconds?|minutes?|mins?|h|hours?|days?|%|[kmgt]i?b|bytes)\\b';
