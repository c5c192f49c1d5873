import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

export interface CsvRow {
  /** Where it ends. */
  readonly line: number;
  readonly cells: readonly string[];
}

const Rows = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/**
 * The rows of a CSV text. A quote that is not closed, or not followed by a delimiter, would swallow all that stands below it: then
 * every line is read by itself, and those with such a quote are left out.
 */
export function readCsv(file: string, text: string): { rows: CsvRow[]; mistakes: string[] } {
  const delimiter = delimiterOf(text);
  try {
    return { rows: rowsOf(text, delimiter), mistakes: [] };
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
  }
  const rows: CsvRow[] = [];
  const mistakes: string[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === '') continue;
    if (!line.includes('"')) {
      rows.push({ line: index + 1, cells: line.split(delimiter).map((cell) => cell.trim()) });
      continue;
    }
    try {
      rows.push(...rowsOf(line, delimiter).map(({ cells }) => ({ line: index + 1, cells })));
    } catch (thrown) {
      if (!(thrown instanceof CsvError)) throw thrown;
      // The library's message quotes the line.
      mistakes.push(`${file}:${index + 1}: a quote is not closed, or text follows it; the line is left out`);
    }
  }
  return { rows, mistakes };
}

function rowsOf(text: string, delimiter: string): CsvRow[] {
  const records = parse(text, {
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  return Rows.parse(records).map(({ record, info }) => ({ line: info.lines, cells: record }));
}

/** Whichever of comma, tab and semicolon the header has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, 64 * 1024).split('\n', 1)[0] ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', '\t', ';'].reduce((most, each) => (count(each) > count(most) ? each : most));
}
