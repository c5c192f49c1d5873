import type { Exemplar, Finding } from '#shared/model/index.ts';
import { cut, oneLine } from './plain.ts';
import { localTime } from './time.ts';
import type { Words } from './words/index.ts';

/** What may be shown of log lines, in UTF-16 units. */
export interface EvidenceBudget {
  readonly line: number;
  readonly total: number;
}

export interface EvidenceOptions {
  readonly budget: EvidenceBudget;
  readonly words: Words;
  /** IANA name. */
  readonly timeZone: string;
}

function head(
  line: { host?: string | undefined; timestamp?: string | undefined },
  mark: string,
  zone: string,
) {
  return [
    '#',
    ...(line.host === undefined ? [] : [oneLine(line.host)]),
    ...(line.timestamp === undefined ? [] : [localTime(line.timestamp, zone)]),
    ...(mark === '' ? [] : [mark]),
  ].join(' ');
}

/** The lines that the conclusion cites, each with its host and time. Empty where it cites none. Not escaped. */
export function citedLines(finding: Finding, { budget, words, timeZone }: EvidenceOptions): string {
  const exemplars = new Map(finding.exemplars.map((exemplar) => [exemplar.id, exemplar]));
  const lines = (finding.conclusion?.evidence ?? []).flatMap((line) => {
    const exemplar = exemplars.get(line.id);
    return [head(exemplar ?? line, words.cited, timeZone), ...linesOf((exemplar ?? line).text)];
  });
  return within(lines, budget, words);
}

/** The exemplars that are not cited, and what stood before the first one. Empty where there is none. Not escaped. */
export function otherLines(finding: Finding, { budget, words, timeZone }: EvidenceOptions): string {
  const cited = finding.conclusion?.evidence ?? [];
  const citedIds = new Set(cited.map(({ id }) => id));
  const citedTexts = new Set(cited.map(({ text }) => oneLine(text)));
  const lines = finding.exemplars.flatMap((exemplar: Exemplar, index) => {
    // A line before it that is cited has been shown.
    const before =
      index > 0 ? [] : exemplar.before.map(oneLine).filter((line) => line !== '' && !citedTexts.has(line));
    if (!citedIds.has(exemplar.id))
      return [head(exemplar, '', timeZone), ...before, ...linesOf(exemplar.text)];
    return before.length === 0 ? [] : [head(exemplar, words.before, timeZone), ...before];
  });
  return within(lines, budget, words);
}

/** Whole lines up to the budget, then how many are missing. */
function within(lines: readonly string[], budget: EvidenceBudget, words: Words): string {
  const shown: string[] = [];
  let left = budget.total;
  for (const line of lines) {
    const short = cut(line, budget.line);
    left -= short.length + 1;
    if (left < 0 && shown.length > 0) break;
    shown.push(short);
  }
  const missing = lines.length - shown.length;
  return (missing === 0 ? shown : [...shown, words.moreLines(missing)]).join('\n');
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
