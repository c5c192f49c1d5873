import Table from 'cli-table3';
import { printable } from '#shared/text/printable.ts';

/** A table without colours and lines, so that it reads the same in a terminal, a file and a pipe. Cells are shown, never obeyed. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const borderless = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
      .map((place) => [place, '']),
  );
  const made = new Table({
    head: [...head],
    chars: { ...borderless, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) made.push(row.map(printable));
  return `${made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}
