import { compareSeverity, type Incident, type Severity, severities } from '#shared/model/index.ts';
import { type Language, wording } from './language.ts';

/** From so many hosts on, a failure is no longer one machine's: one step up. */
export const manyHosts = 10;
/** From so many lines on, what a rule calls a notice deserves a look: info becomes warning. It never makes a critical. */
export const manyLines = 10_000;

export interface SeverityInput {
  /** The rule's own severity, and whether the rule forbids moving it. */
  readonly rule: Severity;
  readonly pinned: boolean;
  /** Lines and distinct hosts so far. */
  readonly count: number;
  readonly hostCount: number;
  /** It occurs as often in the logs that were learned as good. */
  readonly knownGood?: boolean | undefined;
  /** People have said that it is no problem. */
  readonly isNoProblem?: boolean | undefined;
  /** It is about how many lines there are: their number has been judged. */
  readonly isRate?: boolean | undefined;
  /** What the model thinks, where it answered. */
  readonly model?: Severity | undefined;
}

export interface SeverityDecision {
  readonly severity: Severity;
  /** Why, one short sentence a step. */
  readonly reasons: string[];
}

/** What an incident's severity is decided by. */
export function severityInput(incident: Incident, model: Severity | undefined): SeverityInput {
  const { severity: rule, pinned, count, hostCount, knownGood, muted, pack } = incident;
  const isNoProblem = muted?.kind === 'feedback';
  return { rule, pinned, count, hostCount, knownGood, isNoProblem, isRate: pack === 'rates', model };
}

/**
 * Decides how much an incident matters: the rule's severity, one step down where it is known from good logs or else one step up
 * for scale, then one step at most towards what the model thinks. What good logs have much of is no worse for being much; nor is
 * what people have called no problem. Where the rule pins its severity nothing moves it.
 */
export function decideSeverity(input: SeverityInput, language: Language): SeverityDecision {
  const say = wording[language];
  const reasons = [say.ruleSeverity(input.rule)];
  if (input.pinned) return { severity: input.rule, reasons: [...reasons, say.pinned] };

  let severity = input.rule;
  if (input.knownGood && severity !== 'info') {
    severity = step(severity, -1);
    reasons.push(say.knownGood(severity));
  } else if (input.knownGood || input.isNoProblem) {
    // Neither scale nor number says anything about it.
  } else if (input.hostCount >= manyHosts && severity !== 'critical') {
    severity = step(severity, 1);
    reasons.push(say.manyHosts(input.hostCount, severity));
  } else if (input.count >= manyLines && severity === 'info' && !input.isRate) {
    severity = step(severity, 1);
    reasons.push(say.manyLines(input.count, severity));
  }

  const direction = input.model === undefined ? 0 : Math.sign(compareSeverity(input.model, severity));
  if (input.model !== undefined && direction !== 0) {
    severity = step(severity, direction);
    reasons.push(
      direction > 0 ? say.modelRaised(input.model, severity) : say.modelLowered(input.model, severity),
    );
  }
  return { severity, reasons };
}

function step(severity: Severity, by: number): Severity {
  return severities[severities.indexOf(severity) + by] ?? severity;
}
