import type { Finding } from '#shared/model/index.ts';
import { cut, oneLine, plain } from './plain.ts';
import { localTime } from './time.ts';
import type { Words } from './words.ts';

/** What may be shown of log lines, in UTF-16 units. */
export interface EvidenceBudget {
  readonly line: number;
  readonly total: number;
}

/** The finding's exemplars, those that the conclusion cites first. */
function mostTelling(finding: Finding): Finding['exemplars'] {
  const cited = new Set(finding.conclusion?.evidence.map(({ id }) => id));
  return [
    ...finding.exemplars.filter((exemplar) => cited.has(exemplar.id)),
    ...finding.exemplars.filter((exemplar) => !cited.has(exemplar.id)),
  ];
}

/**
 * Log lines as evidence: for each exemplar the host and time, the lines that stood before the first of them, and the line
 * itself. Whole lines up to the budget, then how many are missing. Empty where there is no exemplar. Not escaped.
 */
export function evidence(finding: Finding, budget: EvidenceBudget, words: Words, timeZone: string): string {
  const lines = mostTelling(finding).flatMap((exemplar, index) => [
    `# ${oneLine(exemplar.host)} ${localTime(exemplar.timestamp, timeZone)}`,
    ...(index === 0 ? exemplar.before.map(oneLine) : []),
    ...plain(exemplar.text)
      .split('\n')
      .filter((line) => line.trim() !== ''),
  ]);
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
