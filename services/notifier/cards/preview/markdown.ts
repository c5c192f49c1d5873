import MarkdownIt from 'markdown-it';
import { escapeHtml, type Html } from './html.ts';

const parser = new MarkdownIt('default', { html: true, linkify: false });

const colors = /^<font color=['"]?([a-z]+)['"]?>$/;
const mention = /^<at id=['"]?([\w-]+)['"]?>$/;

/** The few tags that the platform obeys; any other vanishes, as it does there. */
function tag(source: string): string {
  if (/^<br ?\/?>$/.test(source)) return '<br>';
  if (source === '</font>' || source === '</at>') return '</span>';
  const color = colors.exec(source)?.[1];
  if (color !== undefined) return `<span class="font-${color}">`;
  const person = mention.exec(source)?.[1];
  return person === undefined ? '' : `<span class="at">@${escapeHtml(person)}`;
}

parser.renderer.rules.html_inline = (tokens, index) => tag(tokens[index]?.content ?? '');
parser.renderer.rules.html_block = (tokens, index) =>
  `<p>${(tokens[index]?.content ?? '')
    .split(/(<[^>]*>)/)
    .map((piece) => (piece.startsWith('<') ? tag(piece) : escapeHtml(piece)))
    .join('')}</p>`;
// A key of the platform's, which only it can show.
parser.renderer.rules.image = () => '<span class="image">▧</span>';
parser.validateLink = (url) => /^https?:\/\//i.test(url);

/** Feishu's Markdown as HTML, without anything that could run or be fetched. */
export function markdownHtml(content: string): Html {
  return { markup: parser.render(content) };
}
