import {
  type Conclusion,
  compareSeverity,
  type Incident,
  type RelatedIncident,
  type Severity,
  severities,
} from '#shared/model/index.ts';
import { type Language, wording } from './language.ts';

/** From so many hosts on, a failure is no longer one machine's: one step up. */
export const manyHosts = 10;
/** From so many lines on, what a rule calls a notice deserves a look: info becomes warning. It never makes a critical. */
export const manyLines = 10_000;

/** What of a conclusion bears on severity. */
export type ModelView = Pick<Conclusion, 'severity' | 'verdict' | 'proven'>;

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
  /** Title of an open hardware fault on one of its own hosts. */
  readonly hardware?: string | undefined;
  /** The worst severity of what it has led to on its own machine, where that is worse. */
  readonly worstDependant?: Severity | undefined;
  /** What the model thinks, where it answered. */
  readonly model?: ModelView | undefined;
}

export interface SeverityDecision {
  readonly severity: Severity;
  /** Why, one short sentence a step. */
  readonly reasons: string[];
}

/** What an incident's severity is decided by. */
export function severityInput(
  incident: Incident,
  model: ModelView | undefined,
  hardware?: RelatedIncident | undefined,
): SeverityInput {
  const { severity: rule, pinned, count, hostCount, knownGood, muted, pack, worstDependant } = incident;
  return {
    ...{ rule, pinned, count, hostCount, knownGood, model, worstDependant },
    isNoProblem: muted?.kind === 'feedback',
    isRate: pack === 'rates',
    hardware: hardware?.title,
  };
}

/**
 * Decides how much an incident matters: the rule's severity; one step down where it is known from good logs, or else at most one
 * step up for scale or for a hardware fault below it, or up to the worst that it has led to on its own machine; then at most one step towards what the model thinks, if it may. What good
 * logs have much of is no worse for being much; nor is what people have called no problem. Where the rule pins its severity
 * nothing moves it. Why it is so: `docs/decisions/0008-severity.md`.
 */
export function decideSeverity(input: SeverityInput, language: Language): SeverityDecision {
  const say = wording[language];
  const first = say.ruleSeverity(input.rule);
  if (input.pinned) return { severity: input.rule, reasons: [first, say.pinned] };
  const known = byFacts(input, language);
  const judged = byModel(known.severity, input.model, language);
  return { severity: judged.severity, reasons: [first, ...known.reasons, ...judged.reasons] };
}

/** One step at most, by what is known for certain. */
function byFacts(input: SeverityInput, language: Language): SeverityDecision {
  const say = wording[language];
  const { rule, hostCount, count, hardware, worstDependant } = input;
  const lower = step(rule, -1);
  const higher = step(rule, 1);
  if (input.knownGood && rule !== 'info') return { severity: lower, reasons: [say.knownGood(lower)] };
  // Neither scale, nor number, nor what else is wrong on its hosts says anything about it.
  if (input.knownGood || input.isNoProblem) return { severity: rule, reasons: [] };
  if (worstDependant !== undefined && compareSeverity(worstDependant, rule) > 0)
    return { severity: worstDependant, reasons: [say.worstDependant(worstDependant)] };
  if (hostCount >= manyHosts && rule !== 'critical')
    return { severity: higher, reasons: [say.manyHosts(hostCount, higher)] };
  if (hardware !== undefined && rule === 'warning')
    return { severity: higher, reasons: [say.hardware(hardware, higher)] };
  if (count >= manyLines && rule === 'info' && !input.isRate)
    return { severity: higher, reasons: [say.manyLines(count, higher)] };
  return { severity: rule, reasons: [] };
}

/**
 * One step at most, towards what the model says. It lowers only by a cause that a line shows, and makes nothing critical without
 * one; what it does not know, or finds nothing wrong with, it does not raise.
 */
function byModel(severity: Severity, model: ModelView | undefined, language: Language): SeverityDecision {
  const say = wording[language];
  const direction = model === undefined ? 0 : Math.sign(compareSeverity(model.severity, severity));
  if (model === undefined || direction === 0) return { severity, reasons: [] };
  const moved = step(severity, direction);
  if (model.verdict === 'unknown') return { severity, reasons: [say.modelUnsure(model.severity, severity)] };
  if (direction > 0 && model.verdict === 'not-actionable')
    return { severity, reasons: [say.modelContradicts(model.severity, severity)] };
  if (!model.proven && (direction < 0 || moved === 'critical'))
    return { severity, reasons: [say.modelUnproven(model.severity, severity)] };
  const reason = direction > 0 ? say.modelRaised : say.modelLowered;
  return { severity: moved, reasons: [reason(model.severity, moved)] };
}

function step(severity: Severity, by: number): Severity {
  return severities[severities.indexOf(severity) + by] ?? severity;
}
