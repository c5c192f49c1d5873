import type { Config } from '#shared/config/index.ts';
import type { Conclusion, Incident } from '#shared/model/index.ts';
import type { Library } from '#shared/runbooks/library.ts';
import { createMasker } from '#shared/text/masking/index.ts';
import type { RuleSet } from '../detect/index.ts';
import { conclude } from '../reason/conclude.ts';
import type { Gathered } from '../reason/context.ts';
import { findingOf } from '../reason/finding-of.ts';
import type { ReasoningModel } from '../reason/model.ts';
import { overheard } from '../reason/overheard.ts';
import type { TokenEstimate } from '../reason/tokens.ts';
import { gatheredFor, neighboursFor } from './gathered.ts';
import { incidentsOf, subjectOf } from './incidents.ts';
import type { Verdictable } from './judge/index.ts';
import { recordsOf } from './records.ts';
import type { Scenario } from './scenario.ts';

/** What every scenario is run with. */
export interface Setting {
  readonly config: Config;
  /** By language, for findings carry the titles of rules. */
  readonly rules: Readonly<Record<Config['language'], RuleSet>>;
  readonly runbooks: Library;
}

/** A scenario up to where the model is asked. */
export interface Question {
  readonly scenario: Scenario;
  readonly incident: Incident;
  readonly context: Gathered;
  readonly beside: ReturnType<typeof neighboursFor>;
}

/** What came of asking: something to be judged; or nobody is there to answer, which is no fault of the model's. */
export type Asked =
  | { readonly kind: 'asked'; readonly answer: Verdictable; readonly conclusion: Conclusion | undefined }
  | { readonly kind: 'absent'; readonly reason: string };

/**
 * Takes a scenario's lines through detection and correlation, and gathers what is known beside the incident.
 *
 * @throws LogpatrolError `invalid-config` where the lines make no incident as the scenario says, or a runbook is not there
 */
export async function questionOf(
  scenario: Scenario,
  { config, rules, runbooks }: Setting,
  signal: AbortSignal,
): Promise<Question> {
  const records = recordsOf(scenario.logs, Date.parse(scenario.at));
  const { language } = scenario;
  const incidents = incidentsOf(scenario, records, {
    config: { ...config, language },
    rules: rules[language],
  });
  const incident = subjectOf(scenario, incidents);
  const context = await gatheredFor(scenario, incident, { window: config.reasoning, runbooks }, signal);
  return { scenario, incident, context, beside: neighboursFor(scenario, incident, incidents) };
}

/** Asks a model the way the product does: the real prompt, the answer grounded, and the finding that people would get. */
export async function ask(
  { scenario, incident, context, beside }: Question,
  model: ReasoningModel,
  tokens: TokenEstimate,
  signal: AbortSignal,
): Promise<Asked> {
  const { language, expect, name: shape } = scenario;
  const { neighbours, hardware } = beside;
  const now = Date.parse(scenario.at);
  let given = '';
  const listening = overheard(model, ({ prompt }) => {
    given = prompt;
  });
  const masker = createMasker();
  const outcome = await conclude(
    incident,
    { model: listening, language, context, neighbours, tokens, shape, masker, now },
    signal,
  );
  if (outcome.kind === 'absent') return { kind: 'absent', reason: outcome.reason };
  const conclusion = outcome.kind === 'concluded' ? outcome.conclusion : undefined;
  const known = { now, language, hardware, assets: context.assets, similar: context.similar };
  return {
    kind: 'asked',
    conclusion,
    answer: {
      finding: findingOf(incident, { ...known, reasoning: 'model', conclusion }),
      trouble: outcome.kind === 'concluded' ? undefined : `${outcome.kind}: ${outcome.reason}`,
      expect,
      language,
      ruleSeverity: findingOf(incident, known).severity,
      given,
    },
  };
}
