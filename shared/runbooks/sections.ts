import markdownIt, { type Token } from 'markdown-it';
import type { RunbookSection } from './port.ts';

/** Characters of one part; a longer section is divided between its blocks, so that what is found is about one thing. */
const partLength = 2400;
/** Deepest heading that begins a section; below it they are part of the text. */
const deepest = 3;

const parser = markdownIt('commonmark').enable('table');

/** The tokens of Markdown, by the CommonMark rules and with tables. */
export function parseMarkdown(text: string): Token[] {
  return parser.parse(text, {});
}

interface Heading {
  readonly level: number;
  readonly text: string;
  /** Lines of the body, from 0: of the heading, and the one behind it. */
  readonly from: number;
  readonly to: number;
}

/**
 * Divides Markdown by its headings of the second and third level; those inside code, quotes and lists are text. A heading of the third level
 * is named with the one it stands under, `检查 / 网络`. What stands before the first is the section ''.
 *
 * @param firstLine of the file on which the body begins, from 1
 */
export function splitSections(body: string, firstLine: number): RunbookSection[] {
  const lines = body.split('\n');
  const tokens = parseMarkdown(body);
  const headings = headingsOf(tokens);
  const starts = tokens.flatMap((token) => (token.level === 0 && token.map !== null ? [token.map[0]] : []));
  const sections: RunbookSection[] = [];
  let above = '';
  const add = (heading: string, from: number, to: number): void => {
    const inside = starts.filter((line) => line >= from && line < to);
    for (const part of inParts(lines, from, to, inside)) {
      const text = lines.slice(part.from, part.to).join('\n').trim();
      if (text !== '') sections.push({ heading, text, line: firstLine + part.from });
    }
  };
  add('', 0, headings[0]?.from ?? lines.length);
  for (const [index, { level, text, from, to }] of headings.entries()) {
    if (level <= 2) above = level === 2 ? text : '';
    const heading = level <= 1 ? '' : level === 2 || above === '' ? text : `${above} / ${text}`;
    const before = sections.length;
    add(heading, to, headings[index + 1]?.from ?? lines.length);
    // What a heading without text under it says is said by those below it.
    const first = sections[before];
    if (first !== undefined && level > 1) sections[before] = { ...first, line: firstLine + from };
  }
  return sections;
}

function headingsOf(tokens: readonly Token[]): Heading[] {
  return tokens.flatMap((token, index) => {
    const level = Number(token.tag.slice(1));
    if (token.type !== 'heading_open' || token.level !== 0 || token.map === null || level > deepest)
      return [];
    return [{ level, text: textOf(tokens[index + 1]), from: token.map[0], to: token.map[1] }];
  });
}

/** The words of an inline token, without its marks. */
export function textOf(token: Token | undefined): string {
  return (token?.children ?? [])
    .map(({ type, content }) => (type === 'softbreak' || type === 'hardbreak' ? ' ' : content))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Parts of some lines, each up to a block's beginning at most so long; a block that is longer by itself is one part. */
function inParts(
  lines: readonly string[],
  from: number,
  to: number,
  starts: readonly number[],
): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let begin = from;
  let length = 0;
  const edges = [...starts, to];
  let last = from;
  for (const edge of edges) {
    const block = lines.slice(last, edge).reduce((sum, line) => sum + line.length + 1, 0);
    if (length > 0 && length + block > partLength) {
      parts.push({ from: begin, to: last });
      begin = last;
      length = 0;
    }
    length += block;
    last = edge;
  }
  parts.push({ from: begin, to });
  return parts;
}
