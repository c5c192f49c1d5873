import { hostileMarks } from './samples.ts';

/**
 * The Markdown of a card into which a sample's text came as it was, neither by `md` nor by `code`, or undefined. Out of a log line it could
 * call people and be a link.
 */
export function rawMarkdown(card: unknown): string | undefined {
  if (Array.isArray(card)) {
    for (const each of card) {
      const found = rawMarkdown(each);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof card !== 'object' || card === null) return undefined;
  if ('tag' in card && (card.tag === 'markdown' || card.tag === 'lark_md') && 'content' in card) {
    const content = String(card.content);
    if (hostileMarks.some((mark) => content.includes(mark))) return content;
  }
  return rawMarkdown(Object.values(card));
}
