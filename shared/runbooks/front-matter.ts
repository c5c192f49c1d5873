import { z } from 'zod';
import { type Mistake, type Path, pathText } from '#shared/config/mistake.ts';
import { parseSource } from '#shared/config/source.ts';
import { closest } from '#shared/config/suggest.ts';
import { Severity, severities } from '#shared/model/index.ts';

const word = z.string().trim().min(1).max(200);
/** A field without a value is as one that is not there. */
const words = z.preprocess((given) => (given === '' ? [] : given), z.array(word).max(200).default([]));

/** What stands between the two `---` at the top of a runbook. */
const FrontMatter = z.strictObject({
  title: word,
  services: words,
  rules: words,
  tags: words,
  severity: Severity.optional(),
  owner: word.optional(),
  updated: z.iso.date('use a day that exists, as 2026-11-21').optional(),
});
export type FrontMatter = z.infer<typeof FrontMatter>;

/** The fields that there are, in the order in which they are written. */
const fields = Object.keys(FrontMatter.shape);

export type FrontMatterReading =
  | {
      readonly data: FrontMatter;
      /** What follows it, and the line of the file on which that begins, from 1. */
      readonly body: string;
      readonly bodyLine: number;
      /** `file:line:column` of a field. */
      locate(path: Path): string;
    }
  | { readonly mistakes: readonly Mistake[] };

/**
 * Reads the front matter of a runbook: YAML between a first line `---` and the next one. A `---` further down is Markdown.
 *
 * @param text with line feeds alone, and without a byte order mark
 */
export function readFrontMatter(text: string, file: string): FrontMatterReading {
  const lines = text.split('\n');
  if (lines[0]?.trimEnd() !== '---')
    return {
      mistakes: [
        {
          where: `${file}:1`,
          message: `there is no front matter; begin with a line ---, then title: …, then a line --- (fields: ${fields.join(', ')})`,
        },
      ],
    };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end < 0)
    return {
      mistakes: [{ where: `${file}:1`, message: 'the front matter has no end; close it with a line ---' }],
    };
  const source = parseSource(lines.slice(1, end).join('\n'), file, { firstLine: 2, texts: true });
  if (source.mistakes.length > 0) return { mistakes: source.mistakes };
  const parsed = FrontMatter.safeParse(source.data);
  if (!parsed.success)
    return {
      mistakes: parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => mistakeAt([...issue.path, key], unknownField(key)))
          : [mistakeAt(issue.path, wrongValue(issue))],
      ),
    };
  return {
    data: parsed.data,
    body: lines.slice(end + 1).join('\n'),
    bodyLine: end + 2,
    locate: (path) => source.locate(path),
  };

  function mistakeAt(path: Path, message: string): Mistake {
    return { where: source.locate(path), path, message };
  }
}

function unknownField(key: string): string {
  const meant = closest(key, fields);
  return meant === undefined
    ? `there is no such field; known here: ${fields.join(', ')}`
    : `there is no such field; did you mean ${meant}?`;
}

function wrongValue(issue: z.core.$ZodIssue): string {
  if (pathText(issue.path) === 'severity') return `use one of ${severities.join(', ')}`;
  const message = issue.message.replace(/^Invalid input: /, '');
  return message === 'expected string, received undefined' ? 'is missing' : message;
}
