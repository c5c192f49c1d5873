import type { Token } from 'markdown-it';
import { isChecks, isFirstSteps, isRemedies } from './parts.ts';
import type { Runbook } from './port.ts';
import { parseMarkdown, textOf } from './sections.ts';

/** Where a runbook has no section of its own for what to do first: so many checks, and then remedies up to `mostSteps`. */
const mostChecks = 2;
const mostSteps = 5;
/** Lengths in UTF-16 units: what stands on a telephone at night. */
const longestText = 200;
const longestCommands = 300;
const mostCommands = 4;

const memo = new WeakMap<Runbook, readonly string[]>();

/**
 * What a runbook says to do first, at most five steps of plain text: those of the section that is named so (首要步骤, first steps), else the
 * first two of its checks and the first of its remedies, else what else it has of either. Below a step's sentence stand its commands, a line
 * each, as the file has them; what is left out is `…`. Empty where it has neither part.
 */
export function firstSteps(runbook: Runbook): readonly string[] {
  const known = memo.get(runbook);
  if (known !== undefined) return known;
  const own = stepsUnder(runbook, isFirstSteps);
  const checks = own.length > 0 ? own : stepsUnder(runbook, isChecks);
  const remedies = own.length > 0 ? [] : stepsUnder(runbook, isRemedies);
  const begin = remedies.length === 0 ? checks : checks.slice(0, mostChecks);
  const steps = [...begin, ...remedies].slice(0, mostSteps);
  memo.set(runbook, steps);
  return steps;
}

function stepsUnder({ sections }: Runbook, isMeant: (heading: string) => boolean): string[] {
  const texts = sections.filter(({ heading }) => isMeant(heading)).map(({ text }) => text);
  const tokens = parseMarkdown(texts.join('\n\n'));
  // What is counted are steps; other lists tell of one, and sentences alone are steps where there is no list.
  for (const begins of [inList('ordered_list_open'), inList('bullet_list_open'), isTopParagraph]) {
    const steps = stepsIn(tokens, begins);
    if (steps.length > 0) return steps;
  }
  return [];
}

type Begins = (token: Token, list: string | undefined) => boolean;

function inList(wanted: string): Begins {
  return (token, list) => token.type === 'list_item_open' && token.level === 1 && list === wanted;
}

const isTopParagraph: Begins = (token) => token.type === 'paragraph_open' && token.level === 0;

/** The steps that begin where it says so: the first sentence of each, and the first commands before the next begins. */
function stepsIn(tokens: readonly Token[], begins: Begins): string[] {
  const steps: { text: string; commands: string }[] = [];
  let list: string | undefined;
  for (const token of tokens) {
    if (token.level === 0 && token.type.endsWith('_list_open')) list = token.type;
    if (begins(token, list)) steps.push({ text: '', commands: '' });
    const step = steps.at(-1);
    if (step === undefined) continue;
    if (token.type === 'inline' && step.text === '' && step.commands === '') step.text = textOf(token);
    if ((token.type === 'fence' || token.type === 'code_block') && step.commands === '')
      step.commands = token.content;
  }
  return steps
    .map(({ text, commands }) => [shortened(text), ...commandsOf(commands)].filter(Boolean).join('\n'))
    .filter((step) => step !== '');
}

/** Where a clause ends, in Latin and in Chinese text. */
const clauseEnd = /[.;!?，。；！？、）)]\s?/g;

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  const ends = [...text.slice(0, longestText).matchAll(clauseEnd)];
  const end = ends.at(-1);
  const length = end === undefined ? longestText : end.index + end[0].length;
  return `${text.slice(0, length).toWellFormed().trimEnd()}…`;
}

/** Whole lines alone: half a command is worse than none. */
function commandsOf(content: string): string[] {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length;
    if (kept.length === mostCommands || length > longestCommands) return [...kept, '…'];
    kept.push(line.trimEnd());
  }
  return kept;
}
