import { TokenEstimate } from '../reason/tokens.ts';
import { type Asked, ask, questionOf, type Setting } from './ask.ts';
import { judge } from './judge/index.ts';
import { type CheckName, type Scenario, ScenarioAnswer } from './scenario.ts';
import { scriptedModel } from './scripted-model.ts';

/** Room for all that a scenario has: the judge is tested here, not what a small window leaves out. */
const contextTokens = 32_768;

/** One of a scenario's answers, through the product and before the judge. */
export interface CheckedAnswer {
  readonly scenario: string;
  /** `right 1`, `wrong 2`. */
  readonly answer: string;
  /** The checks that must fail it; none where it is right. */
  readonly wanted: readonly CheckName[];
  readonly asked: Asked;
}

/** Has a scripted model give each answer of each scenario. */
export async function askAll(scenarios: readonly Scenario[], setting: Setting): Promise<CheckedAnswer[]> {
  const checked: CheckedAnswer[] = [];
  const { signal } = new AbortController();
  const tokens = new TokenEstimate();
  for (const scenario of scenarios) {
    const question = await questionOf(scenario, setting, signal);
    const [first] = scenario.answers.right;
    const take = async (answer: string, wanted: readonly CheckName[], says: ScenarioAnswer | string) => {
      const asked = await ask(question, scriptedModel(says, contextTokens), tokens, signal);
      checked.push({ scenario: scenario.name, answer, wanted, asked });
    };
    for (const [index, right] of scenario.answers.right.entries())
      await take(`right ${index + 1}`, [], right);
    // What it does not say otherwise it says as the first right answer does.
    for (const [index, { fails, says, raw }] of scenario.answers.wrong.entries())
      await take(`wrong ${index + 1}`, fails, raw ?? ScenarioAnswer.parse({ ...first, ...says }));
  }
  return checked;
}

/**
 * What is wrong with the answers' judgement, one line each: a right one that fails, a wrong one that passes or fails for something else.
 *
 * @param without a check that is left out, to see whether it is needed
 */
export function misjudged(answers: readonly CheckedAnswer[], without?: CheckName): string[] {
  return answers.flatMap(({ scenario, answer, wanted, asked }) => {
    if (asked.kind === 'absent') return [`${scenario}: ${answer}: ${asked.reason}`];
    const failures = judge(asked.answer, without);
    const found = new Set(failures.map(({ check }) => check));
    const said = failures.map(({ check, message }) => `${check}: ${message}`).join('; ');
    if (wanted.length === found.size && wanted.every((check) => found.has(check))) return [];
    if (wanted.length === 0) return [`${scenario}: ${answer} fails: ${said}`];
    return [
      found.size === 0
        ? `${scenario}: ${answer} passes; it has to fail ${wanted.join(', ')}`
        : `${scenario}: ${answer} has to fail ${wanted.join(', ')} and nothing else; it fails ${said}`,
    ];
  });
}
