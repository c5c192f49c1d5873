import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Token } from 'markdown-it';
import type { Mistake } from '#shared/config/mistake.ts';
import { contentOf } from './files.ts';
import { readFrontMatter } from './front-matter.ts';
import { decoded } from './read-runbook.ts';
import { parseMarkdown, textOf } from './sections.ts';

interface Link {
  readonly href: string;
  /** Of the file, from 1. */
  readonly line: number;
}

/** Markdown with the line of its file on which it begins, from 1. */
interface Body {
  readonly text: string;
  readonly line: number;
}

/** Links of a runbook that lead nowhere: files and anchors that are not there, addresses that are none. Nothing is fetched. */
export async function deadLinks(path: string): Promise<Mistake[]> {
  const body = await bodyOf(path);
  if (body === undefined) return [];
  const tokens = parseMarkdown(body.text);
  const mistakes: Mistake[] = [];
  for (const { href, line } of linksIn(tokens, body.line)) {
    const trouble = await troubleWith(href, path, tokens);
    if (trouble !== undefined)
      mistakes.push({ where: `${path}:${line}`, message: `link ${href}: ${trouble}` });
  }
  return mistakes;
}

async function troubleWith(
  href: string,
  path: string,
  tokens: readonly Token[],
): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href))
    return URL.canParse(href) ? undefined : 'is no address; write it as https://host/path';
  if (href.startsWith('//') || href.startsWith('/'))
    return 'begins at the root of a site or a disk, which is another one elsewhere; write it relative to this file';
  const [file = '', anchor] = unescaped(href).split('#', 2);
  const target = file === '' ? path : join(dirname(path), file.split('?')[0] ?? '');
  if (!(await isThere(target))) return 'there is no such file';
  if (anchor === undefined || anchor === '') return undefined;
  if (file === '') return anchorTrouble(anchor, tokens);
  if (!/\.md$/i.test(target)) return undefined;
  const other = await bodyOf(target).catch(() => undefined);
  return other === undefined ? undefined : anchorTrouble(anchor, parseMarkdown(other.text));
}

function anchorTrouble(anchor: string, tokens: readonly Token[]): string | undefined {
  // As GitHub, GitLab and most viewers make them.
  const slugger = new GithubSlugger();
  const anchors = tokens.flatMap((token, index) =>
    token.type === 'heading_open' ? [slugger.slug(textOf(tokens[index + 1]))] : [],
  );
  return anchors.includes(anchor.toLowerCase()) ? undefined : 'there is no such heading';
}

function linksIn(tokens: readonly Token[], firstLine: number): Link[] {
  const links: Link[] = [];
  for (const token of tokens) {
    if (token.type !== 'inline' || token.children === null) continue;
    let line = firstLine + (token.map?.[0] ?? 0);
    for (const child of token.children) {
      if (child.type === 'softbreak' || child.type === 'hardbreak') line += 1;
      const href = child.attrGet(child.type === 'image' ? 'src' : 'href');
      if (typeof href === 'string' && href !== '') links.push({ href, line });
    }
  }
  return links;
}

/** What stands below the front matter, which may be missing in a file that is linked to. */
async function bodyOf(path: string): Promise<Body | undefined> {
  const text = decoded(await contentOf(path));
  if (text === undefined) return undefined;
  const reading = readFrontMatter(text, path);
  return 'mistakes' in reading ? { text, line: 1 } : { text: reading.body, line: reading.bodyLine };
}

function unescaped(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    // A lone % stands for itself.
    return href;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
