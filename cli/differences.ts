import type { Change, Difference } from '#shared/bus/port.ts';
import { printable } from '#shared/text/printable.ts';

/** So many of one object are shown; all of them are in `--format json`. */
const mostShown = 20;
const longestValue = 60;

/** What changes in which object, value by value: `+` is added, `-` goes, `~` becomes another. Empty where nothing is updated. */
export function differencesText(changes: readonly Change[]): string {
  return changes
    .filter(({ differences = [] }) => differences.length > 0)
    .map(({ what, differences = [] }) => {
      const lines = differences.slice(0, mostShown).map(lineOf);
      const more = differences.length - lines.length;
      return ['', what, ...lines, ...(more > 0 ? [`  … and ${more} more (--format json)`] : []), ''].join(
        '\n',
      );
    })
    .join('');
}

function lineOf({ path, is, becomes }: Difference): string {
  const name = printable(path);
  if (is === undefined) return `  + ${name}: ${valueText(becomes)}`;
  if (becomes === undefined) return `  - ${name}: ${valueText(is)}`;
  return `  ~ ${name}: ${valueText(is)} → ${valueText(becomes)}`;
}

function valueText(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
