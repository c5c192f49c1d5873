import type { EvidenceLine, Exemplar, Finding } from '#shared/model/index.ts';
import { cut, oneLine, plain } from './plain.ts';
import { localTime } from './time.ts';
import type { Words } from './words.ts';

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
  /** Nothing but the lines that the conclusion cites. */
  readonly onlyCited: boolean;
}

/**
 * Log lines as evidence: those that the conclusion cites first, and marked; then the other exemplars. For each the host and time,
 * the lines that stood before the first exemplar, and the line itself. Whole lines up to the budget, then how many are missing.
 * Empty where there is none. Not escaped.
 */
export function evidence(finding: Finding, options: EvidenceOptions): string {
  const { budget, words, timeZone, onlyCited } = options;
  const cited = finding.conclusion?.evidence ?? [];
  const citedIds = new Set(cited.map(({ id }) => id));
  const citedTexts = new Set(cited.map(({ text }) => oneLine(text)));
  const exemplars = new Map(finding.exemplars.map((exemplar) => [exemplar.id, exemplar]));
  let first = true;
  const ofExemplar = (exemplar: Exemplar): string[] => {
    // A line before it that is cited has been shown.
    const before = first ? exemplar.before.map(oneLine).filter((line) => !citedTexts.has(line)) : [];
    first = false;
    return [...before, ...linesOf(exemplar.text)];
  };
  const head = (line: Pick<EvidenceLine, 'host' | 'timestamp'>, mark: string): string =>
    [
      '#',
      ...(line.host === undefined ? [] : [oneLine(line.host)]),
      ...(line.timestamp === undefined ? [] : [localTime(line.timestamp, timeZone)]),
      ...(mark === '' ? [] : [mark]),
    ].join(' ');
  const lines = [
    ...cited.flatMap((line) => {
      const exemplar = exemplars.get(line.id);
      return [
        head(exemplar ?? line, words.cited),
        ...(exemplar === undefined ? linesOf(line.text) : ofExemplar(exemplar)),
      ];
    }),
    ...(onlyCited ? [] : finding.exemplars)
      .filter(({ id }) => !citedIds.has(id))
      .flatMap((exemplar) => [head(exemplar, ''), ...ofExemplar(exemplar)]),
  ];
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
  return plain(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
}
