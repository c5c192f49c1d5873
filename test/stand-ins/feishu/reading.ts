import MarkdownIt from 'markdown-it';

/** A tag that Feishu's Markdown obeys; any other in angle brackets silently vanishes, which is no better. */
const anyTag = /<\/?([A-Za-z][A-Za-z0-9_-]*)\b[^>]*>?/g;

/** What stands in one piece of Markdown, read as suspiciously as possible. */
export interface Reading {
  /** Tags, with where they stand: outside of code, or within it, where it is unsettled whether the platform obeys them. */
  readonly tags: readonly { readonly name: string; readonly source: string; readonly inCode: boolean }[];
  readonly links: readonly string[];
  readonly images: readonly string[];
  /** Contents of code blocks. */
  readonly code: readonly string[];
  /** The block constructs in order (`paragraph_open`, `fence`, `code_block`, `bullet_list_open`, `heading_open`, `table_open` …). */
  readonly blocks: readonly string[];
  /** The words that a reader sees, without marks. */
  readonly text: string;
}

const parser = new MarkdownIt({ html: true, linkify: true, breaks: false });

/** The last readings: a card's judge, its reader and a test all look at the same few texts. */
const kept = new Map<string, Reading>();
const mostKept = 64;

/** Reads Markdown with a CommonMark parser (tables, strike-through and bare addresses switched on). */
export function readMarkdown(content: string): Reading {
  const known = kept.get(content) ?? read(content);
  if (kept.size >= mostKept) kept.clear();
  kept.set(content, known);
  return known;
}

function read(content: string): Reading {
  const tags: { name: string; source: string; inCode: boolean }[] = [];
  const links: string[] = [];
  const images: string[] = [];
  const code: string[] = [];
  const blocks: string[] = [];
  let text = '';
  const takeTags = (source: string, inCode: boolean) => {
    for (const match of source.matchAll(anyTag))
      tags.push({ name: (match[1] ?? '').toLowerCase(), source: match[0], inCode });
  };
  for (const token of parser.parse(content, {})) {
    if (
      token.type.endsWith('_open') ||
      token.type === 'fence' ||
      token.type === 'code_block' ||
      token.type === 'hr'
    )
      blocks.push(token.type);
    if (token.type === 'fence' || token.type === 'code_block') {
      code.push(token.content);
      takeTags(token.content, true);
      text += `${token.content}\n`;
    } else if (token.type === 'html_block') {
      blocks.push('html_block');
      takeTags(token.content, false);
    } else if (token.type === 'inline') {
      for (const child of token.children ?? []) {
        if (child.type === 'html_inline') {
          takeTags(child.content, false);
          if (/^<br/i.test(child.content)) text += '\n';
        } else if (child.type === 'link_open') links.push(String(child.attrGet('href')));
        else if (child.type === 'image') images.push(String(child.attrGet('src')));
        else if (child.type === 'softbreak' || child.type === 'hardbreak') text += '\n';
        else {
          if (child.type === 'code_inline') takeTags(child.content, true);
          text += child.content;
        }
      }
      text += '\n';
    }
  }
  return { tags, links, images, code, blocks, text: text.trim() };
}
