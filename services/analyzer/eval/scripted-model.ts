import { ownAction } from '../reason/answer-schema.ts';
import type { ModelReply, ReasoningModel } from '../reason/model.ts';
import { plain } from './judge/asserted.ts';
import type { ScenarioAnswer } from './scenario.ts';

/** Where a section of the prompt begins that has a label. */
const labelled = /^(?:<<<)?\[?([LR]\d{1,4})\b/;

/** A model that says what a scenario has it say: an answer, or what it wrote in place of one. */
export function scriptedModel(answer: ScenarioAnswer | string, contextTokens: number): ReasoningModel {
  return {
    name: 'scripted',
    digest: undefined,
    contextTokens,
    prepare: async () => ({ kind: 'ready' }),
    async complete({ prompt }): Promise<ModelReply> {
      const figures = { model: 'scripted', promptTokens: 0, outputTokens: 0 };
      if (typeof answer === 'string') return { kind: 'text', text: answer, ...figures };
      const { said, missing } = answerTo(prompt, answer);
      return missing.length === 0
        ? { kind: 'text', text: JSON.stringify(said), ...figures }
        : {
            kind: 'failed',
            reason: `nothing in the prompt has ${missing.map((one) => `"${one}"`).join(', ')}`,
          };
    },
  };
}

/**
 * An answer in the form that the model is asked for. The labels of what it cites are read in the prompt, as a model reads them, so what
 * was not given, or was cut off, cannot be cited: it is `missing`.
 */
export function answerTo(
  prompt: string,
  answer: ScenarioAnswer,
): { said: object; missing: readonly string[] } {
  const missing: string[] = [];
  const label = (fragment: string, letter: 'L' | 'R') => {
    const found = labelOf(prompt, fragment, letter);
    if (found === undefined) missing.push(fragment);
    return found ?? '';
  };
  const { evidence, actions, ...words } = answer;
  const said = {
    ...words,
    evidence: evidence.map((part) => (typeof part === 'string' ? label(part, 'L') : part.label)),
    actions: actions.map((action) =>
      typeof action === 'string'
        ? { text: action, from: ownAction }
        : { text: action.text, from: label(action.runbook, 'R') },
    ),
  };
  return { said, missing };
}

function labelOf(prompt: string, fragment: string, letter: 'L' | 'R'): string | undefined {
  const wanted = plain(fragment);
  let label: string | undefined;
  for (const line of prompt.split('\n')) {
    label = labelled.exec(line)?.[1] ?? label;
    if (label?.startsWith(letter) === true && plain(line).includes(wanted)) return label;
  }
  return undefined;
}
