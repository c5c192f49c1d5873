import { hexDigits, hexNumber, ipv4, ipv6, unit, unixPath, uuid, windowsPath } from '../masking/variables.ts';

/** What stands in a template where the lines differ. */
export const variableMark = '<*>';

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** `Fri Jul 01 08:16:53 PDT 2005` and its shorter forms: several words, so that no later step could find it as one variable. */
const date = `\\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?${month} {1,2}\\d{1,2} \\d{2}:\\d{2}:\\d{2}(?: [A-Z]{3,4}(?= \\d{4}\\b))?(?: \\d{4}\\b)?`;

/** An HTTP request's target and protocol. */
const request =
  '(?:(?<=GET )|(?<=PUT )|(?<=POST )|(?<=HEAD )|(?<=PATCH )|(?<=DELETE )|(?<=OPTIONS ))/\\S{0,2048} HTTP/\\d(?:\\.\\d)?';

/** A dotted name with a digit in its first part, with a port or without: `web-1.example.org:8080`, but not `org.example.v2.app`. */
const host =
  '(?<![\\w.])(?=[a-z-]{0,32}\\d)[a-z0-9][a-z0-9-]{0,62}(?:\\.[a-z0-9-]{1,63}){2,8}(?::\\d{1,5}\\b)?(?!\\w)';

/** A number that stands for itself: `jk2_init` and `imps2` are names. Its unit is part of it where it stands directly behind it. */
const number = `(?<!\\w)[-+]?\\d{1,32}(?:[.,:]\\d{1,32}){0,8}(?:${unit}|(?!\\w))`;

/** Whom a line is about: `for user root`, `user=root`. */
const user = '(?:(?<=\\bfor user )|(?<=\\buser=))\\w(?:[\\w.@-]{0,62}\\w)?';

/** The kinds of variables, each a regex's source for the `i` flag, in the order in which they are tried. */
const kinds = {
  uuid,
  date,
  request,
  host,
  user,
  ipv4: `/?${ipv4}`,
  ipv6,
  path: `${unixPath}(?<![:,.])`,
  windowsPath,
  hexNumber,
  hexDigits,
  number,
} as const;

/** What every miner of templates is given: numbers, hexadecimal, addresses, UUIDs, paths, durations. */
export const plainVariables: readonly string[] = [
  kinds.uuid,
  kinds.ipv4,
  kinds.ipv6,
  kinds.path,
  kinds.windowsPath,
  kinds.hexNumber,
  kinds.hexDigits,
  kinds.number,
];

/** All that is masked: those, and what consists of several words or is told by the words around it. */
export const allVariables: readonly string[] = Object.values(kinds);

function at(...sources: readonly string[]): RegExp {
  return new RegExp(sources.join('|'), 'iy');
}

/** Any variable that begins with a slash, at `lastIndex`. */
export const slashVariable = at(kinds.request, kinds.ipv4, kinds.path);

/** Any variable that begins with a digit, a sign or a colon, at `lastIndex`. */
export const digitVariable = at(
  kinds.uuid,
  kinds.host,
  kinds.user,
  kinds.ipv4,
  kinds.ipv6,
  kinds.hexNumber,
  kinds.hexDigits,
  kinds.number,
);

/** Any variable that begins with a letter, at `lastIndex`. */
export const letterVariable = at(
  kinds.uuid,
  kinds.date,
  kinds.host,
  kinds.user,
  kinds.ipv6,
  kinds.windowsPath,
  kinds.hexDigits,
);
