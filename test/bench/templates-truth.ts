import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line with what people have said of it. */
export interface TruthLine {
  readonly content: string;
  readonly event: string;
  readonly template: string;
}

/** The LogHub samples of 2,000 lines that have templates. */
export const sampleNames = ['Apache', 'BGL', 'Linux', 'OpenStack', 'Zookeeper'] as const;

/** The lines of one sample in `<folder>/loghub/<name>.structured.csv`. */
export function readTruth(folder: string, name: string): TruthLine[] {
  return readCsv(readFileSync(join(folder, 'loghub', `${name}.structured.csv`), 'utf8')).map((row) => {
    const { Content: content, EventId: event, EventTemplate: template } = row;
    if (content === undefined || event === undefined || template === undefined)
      throw new Error(`${name}.structured.csv has a row without Content, EventId or EventTemplate`);
    return { content, event, template };
  });
}

/** Comma-separated values with a line of names above, as RFC 4180 has them. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') rows.push([]);
  }
  const [names = [], ...lines] = rows.filter((row) => row.length > 1);
  return lines.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])));
}
