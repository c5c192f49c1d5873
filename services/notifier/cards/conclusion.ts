import type { Conclusion, Finding, RunbookRef } from '#shared/model/index.ts';
import { cut, oneLine } from './plain.ts';
import { localTime } from './time.ts';
import type { CardView, StepView } from './view-model.ts';
import type { Words } from './words/index.ts';

/** Cuts a text to what its part of the card may take. */
export type Short = (
  text: string,
  part: 'summary' | 'cause' | 'why' | 'action' | 'step' | 'source' | 'runbook' | 'similar',
) => string;

const namedActions = 5;
const namedRunbooks = 3;
const namedSimilar = 3;

export function conclusionView(
  conclusion: Conclusion,
  words: Words,
  short: Short,
): NonNullable<CardView['conclusion']> {
  const { verdict, summary, cause, proven, model, confidence, durationMs, takenFrom } = conclusion;
  const text = short(cause, 'cause');
  const seconds = (durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0);
  const by = words.by(cut(oneLine(model), 60), Math.round(confidence * 100), seconds);
  return {
    label: `${words.conclusion}${words.colon}${words.verdict[verdict]}`,
    summary: short(summary, 'summary'),
    cause:
      text === '' ? undefined : { label: proven ? words.cause : words.cause + words.unproven, value: text },
    by: takenFrom === undefined ? by : `${by}; ${words.takenOver}`,
  };
}

/** Says that no model took part, or why its word is an older one. */
export function withoutOf({ conclusion, reasoning, reasoningNote }: Finding, words: Words, short: Short) {
  const note = reasoningNote === undefined ? '' : short(oneLine(reasoningNote), 'why');
  if (conclusion !== undefined) return note === '' ? undefined : note;
  return words.without[reasoning] + bracketed(note, words);
}

/** What to do: as the model says, else as the best of the runbooks begins, which only a whole card has room for. */
export function stepsOf(
  { state, conclusion, runbooks: [best] = [] }: Finding,
  words: Words,
  isFull: boolean,
  short: Short,
): CardView['steps'] {
  if (state === 'resolved') return undefined;
  const actions = conclusion === undefined ? [] : actionsOf(conclusion, words, short);
  if (actions.length > 0) return { label: words.actions, items: actions };
  const items = (isFull ? (best?.steps ?? []) : [])
    .slice(0, namedActions)
    .map((step) => ({ text: short(step, 'step'), source: '' }))
    .filter(({ text }) => text !== '');
  if (best === undefined || items.length === 0) return undefined;
  return { label: short(words.firstSteps(oneLine(best.title)), 'runbook'), items };
}

function actionsOf({ actions }: Conclusion, words: Words, short: Short): StepView[] {
  return actions
    .slice(0, namedActions)
    .map(({ text, runbook }) => ({
      text: short(text, 'action'),
      source: runbook === undefined ? words.ownSuggestion : short(sectionName(runbook, words), 'source'),
    }))
    .filter(({ text }) => text !== '');
}

function sectionName({ title, section }: RunbookRef, words: Words): string {
  return words.fromRunbook(oneLine(title), oneLine(section));
}

/** Runbooks that fit, and earlier findings like it. */
export function listsOf(
  { conclusion, runbooks = [], similar = [] }: Finding,
  words: Words,
  timeZone: string,
  short: Short,
): CardView['lists'] {
  // The model has chosen from them; its actions name them.
  const fitting = (conclusion === undefined ? runbooks : []).slice(0, namedRunbooks).map((runbook) => {
    const by = runbook.foundBy === 'rule' ? words.namedByRule : '';
    return short(sectionName(runbook, words) + bracketed(by, words), 'runbook');
  });
  const earlier = similar
    .slice(0, namedSimilar)
    .map(({ lastSeen, title, cause, feedback }) =>
      short(
        [
          `${localTime(lastSeen, timeZone)} ${oneLine(title)}`,
          ...(cause === undefined ? [] : [oneLine(cause)]),
          ...(feedback === undefined ? [] : [words.feedback(oneLine(feedback))]),
        ].join('; '),
        'similar',
      ),
    );
  return [
    { label: words.runbooks, items: fitting },
    { label: words.similar, items: earlier },
  ].filter(({ items }) => items.length > 0);
}

export function bracketed(text: string, words: Words): string {
  return text === '' ? '' : `${words.openBracket}${text}${words.closeBracket}`;
}
