import { plain } from './plain.ts';

/**
 * Every ASCII mark that CommonMark or Feishu gives a meaning. Feishu documents numeric entities as its way of writing them
 * literally; in one pass, so that the `&` of an entity is never escaped again. The `.` ends numbered lists and bare addresses, the `:`
 * makes emoji, `@` mail addresses.
 */
const meaningful = /[!-/:<=>@[-`{-~]/g;

/**
 * A bare address that touches Chinese text swallows it, and the resulting bad link can fail the whole send; so a space goes
 * between an address and any character outside ASCII.
 */
function separateAddresses(text: string): string {
  if (!/:\/\/|www\./i.test(text)) return text;
  return text.replaceAll(
    /([^\x20-\x7e\n])?((?:[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/|[Ww]{3}\.)[\x21-\x7e]*)(?=([^\x20-\x7e\n])?)/gu,
    (_, before: string | undefined, address: string, after: string | undefined) =>
      `${before === undefined ? '' : `${before} `}${address}${after === undefined ? '' : ' '}`,
  );
}

/**
 * Text as literal Feishu Markdown, on one Markdown line: line breaks become `<br>`, so no line of the text can start a list, a
 * heading, a code block (four spaces) or anything else.
 */
export function escapeMarkdown(text: string): string {
  return separateAddresses(plain(text))
    .trim()
    .replaceAll(meaningful, (mark) => (mark === ',' ? mark : `&#${mark.charCodeAt(0)};`))
    .replaceAll(/[^\S\n]*\n[^\S\n]*/g, '<br>');
}

/** A run of backticks longer than this is shortened: the fence has to be longer than any run, and is paid for in bytes. */
const longestRun = 12;

/**
 * Text as a fenced code block that it cannot leave: the fence is longer than any run of backticks within. Whether Feishu looks
 * for tags, entities and links inside a fence is unsettled (facts/feishu-card.md, section 5), so their first character is put
 * in its full-width form, or a space between their halves: legible, and never live.
 */
export function codeBlock(text: string): string {
  const dead = plain(text)
    .replaceAll(/<(?=[A-Za-z/!?])/g, '＜')
    .replaceAll(/&(?=#|[A-Za-z][A-Za-z0-9]*;)/g, '＆')
    .replaceAll('](', '] (')
    .replaceAll(/`{13,}/g, '`'.repeat(longestRun));
  // Last: a full-width sign must not touch an address either.
  const inert = separateAddresses(dead);
  const runs = inert.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}\n${inert}\n${fence}`;
}
