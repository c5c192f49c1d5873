import { exceptionHead } from '#shared/text/exception-head.ts';
import { readTrace } from '../detect/stack-trace.ts';
import type { TokenEstimate } from './tokens.ts';

/** Lines right below the first, and right below each cause, that tell most of the rest. */
const linesBelow = 4;
/** Tokens of one line at most, as a part of what there is for all. */
const lineShare = 0.4;

const causeLine =
  /^\s*(?:Caused by:|Suppressed:|During handling of|The above exception was|panic:|goroutine \d+ \[running)/;

/**
 * A text of many lines within a budget: its head, the root of a stack trace (`Caused by`) and the frames of the team's own code are
 * kept before all else, then what stands near to them, then the end. What is left out is said where it was.
 *
 * @param leftOut says that so many lines are not there
 */
export function condense(
  text: string,
  budget: number,
  tokens: TokenEstimate,
  leftOut: (lines: number) => string,
): string {
  if (tokens.estimate(text) <= budget) return text;
  const lines = text.split('\n');
  const gap = tokens.estimate(leftOut(lines.length)) + 1;
  const most = lines.length === 1 ? budget - gap - 2 : Math.max(20, budget * lineShare);
  const kept = new Map<number, string>();
  let room = budget;
  for (const index of byImportance(lines, text)) {
    const line = shortened(lines[index] ?? '', most, tokens);
    // Each line that is kept may open one more gap.
    const cost = tokens.estimate(line) + 1 + gap;
    if (cost > room) continue;
    room -= cost;
    kept.set(index, line);
  }
  return withGaps(lines.length, kept, leftOut);
}

function withGaps(
  count: number,
  kept: ReadonlyMap<number, string>,
  leftOut: (lines: number) => string,
): string {
  const told: string[] = [];
  let missing = 0;
  for (let index = 0; index <= count; index++) {
    const line = kept.get(index);
    if (line === undefined && index < count) {
      missing += 1;
      continue;
    }
    if (missing > 0) told.push(leftOut(missing));
    missing = 0;
    if (line !== undefined) told.push(line);
  }
  return told.join('\n');
}

/** The indices of the lines, the most telling first. */
function byImportance(lines: readonly string[], text: string): number[] {
  const causes = lines.flatMap((line, index) => (causeLine.test(line) ? [index] : []));
  const heads = lines.flatMap((line, index) => (exceptionHead(line) === undefined ? [] : [index]));
  const root = causes.at(-1);
  // What stands above the root may be longer than what is looked at of a trace.
  const below =
    root === undefined
      ? text
      : lines
          .slice(root)
          .join('\n')
          .replace(/^\s*Caused by: /, '');
  const frame = readTrace(below)?.frame ?? '';
  const own = frame === '' ? [] : lines.flatMap((line, index) => (line.includes(frame) ? [index] : []));
  const last = lines.length - 1;
  const near = (index: number) => Array.from({ length: linesBelow }, (_, below) => index + 1 + below);
  const first = [
    0,
    ...(root === undefined ? [] : [root]),
    ...own.slice(-3),
    last,
    ...(root === undefined ? [] : near(root)),
    ...near(0),
    ...causes.slice(-10),
    ...heads.slice(0, 10),
    ...causes.slice(-10).flatMap(near),
  ];
  const order = new Set(first.filter((index) => index >= 0 && index <= last));
  // A frame of a library says less than a line that is none.
  for (const [index, line] of lines.entries())
    if (!/^\s+(?:at |\.\.\. )/.test(line) && line !== '') order.add(index);
  for (const index of lines.keys()) order.add(index);
  return [...order];
}

/** Head and end of a line that is too long. */
function shortened(line: string, budget: number, tokens: TokenEstimate): string {
  if (tokens.estimate(line) <= budget) return line;
  const head = tokens.cut(line, Math.floor(budget * 0.7) - 3);
  const mark = ' … ';
  const end = [...tokens.cut([...line.slice(head.length).slice(-2000)].reverse().join(''), budget * 0.2)]
    .reverse()
    .join('');
  const both = `${head}${mark}${end}`;
  return tokens.estimate(both) <= budget ? both : head;
}
