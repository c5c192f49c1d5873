import { roleNames } from '../role-file.ts';
import { operations } from './operations.ts';

/** Of the part of docs/least-privilege.md that is made from the operations. */
const tableStart = '<!-- made by `npm run rights`: begin -->';
const tableEnd = '<!-- made by `npm run rights`: end -->';

/** Who may what, as tables of Markdown: one a kind of operations. Who may nothing of all of it shares a column. */
function rightsTables(): string {
  const all = Object.values(operations).flat();
  const active = roleNames.filter((who) => all.some(({ allowed }) => allowed.includes(who)));
  const idle = roleNames.filter((who) => !active.includes(who));
  const head = ['operation', ...active, idle.join(', '), 'why'];
  const tables = Object.entries(operations).map(([kind, ofKind]) => {
    const rows = ofKind.map(({ what, allowed, why = '' }) => [
      what,
      ...active.map((who) => (allowed.includes(who) ? 'yes' : '–')),
      '–',
      why,
    ]);
    return [`### ${kind}`, '', ...[head, head.map(() => '---'), ...rows].map(row)].join('\n');
  });
  return `${tables.join('\n\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A page with the tables in their place. */
export function withTables(page: string): string {
  const [start, end] = [page.indexOf(tableStart), page.indexOf(tableEnd)];
  if (start < 0 || end < start) throw new Error(`the page has no ${tableStart} … ${tableEnd}`);
  return `${page.slice(0, start + tableStart.length)}\n\n${rightsTables()}\n${page.slice(end)}`;
}
