import { z } from 'zod';
import { type Action, type Conclusion, type EvidenceLine, Severity, Verdict } from '#shared/model/index.ts';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { limits } from './answer-schema.ts';
import { jsonObjectIn } from './answer-text.ts';
import { tidy } from './answer-tidy.ts';
import type { Given } from './given.ts';

/** An answer that follows its schema is far shorter; what is longer is not looked at. In characters. */
const maxAnswer = 256 * 1024;
/** Objects and arrays of an answer that follows its schema stand three deep. */
const maxDepth = 16;
/** What is not shown by any line is a guess, however sure the model is of it. */
const unprovenConfidence = 0.5;

export type Said = Pick<
  Conclusion,
  'verdict' | 'summary' | 'cause' | 'proven' | 'evidence' | 'actions' | 'severity' | 'confidence'
>;

export type ReadAnswer =
  | { readonly ok: true; readonly said: Said }
  | { readonly ok: false; readonly reason: string };

const word = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .trim()
        .toLowerCase()
        .replaceAll(/[\s_]+/g, '-')
    : value;

/**
 * What is taken from an answer. Strict where a mistake would change its meaning; lenient elsewhere, for a far side that does
 * not bind its output may say too much, or the same in another form.
 */
const Answer = z.object({
  verdict: z.preprocess(word, Verdict),
  severity: z.preprocess(word, Severity),
  summary: z.string(),
  cause: z.string().nullish(),
  confidence: z.unknown(),
  evidence: z.unknown(),
  actions: z.unknown(),
});

/**
 * Reads what the model wrote. Thinking is left out; evidence and runbooks that were not given are dropped; a cause that no line
 * shows is unproven, and its confidence is lowered; everything is cleaned of what cannot be seen and cut. Never throws.
 *
 * @param restore puts back what the masker took out
 */
export function readAnswer(
  text: string,
  given: Given,
  restore: (text: string) => string = (masked) => masked,
): ReadAnswer {
  if (text.length > maxAnswer)
    return { ok: false, reason: 'the answer is longer than any that was asked for' };
  if (isNestedDeeperThan(text, maxDepth)) return { ok: false, reason: 'the answer is nested too deep' };
  const parsed = jsonObjectIn(text);
  if (parsed === undefined) return { ok: false, reason: 'the answer is no JSON object' };
  const result = Answer.safeParse(parsed);
  if (!result.success)
    return { ok: false, reason: `the answer has no usable ${result.error.issues[0]?.path.join('.') ?? ''}` };
  const answer = result.data;
  const clean = (value: string, maxLength: number) => tidy(restore(value.slice(0, 4 * maxLength)), maxLength);
  const summary = clean(answer.summary, limits.summary);
  if (summary === '') return { ok: false, reason: 'the answer has an empty summary' };
  const said = {
    summary,
    cause: clean(answer.cause ?? '', limits.cause),
    evidence: evidenceIn(answer.evidence, given),
    actions: actionsIn(answer.actions, given, (value) => clean(value, limits.action)),
    severity: answer.severity,
  };
  return { ok: true, said: { ...said, ...judge(said, answer.verdict, confidenceIn(answer.confidence)) } };
}

/** How much of it is believed. A severity that contradicts the verdict stays as it was said: it then moves nothing (`severity.ts`). */
function judge(
  { cause, evidence }: Pick<Said, 'cause' | 'evidence'>,
  verdict: Verdict,
  confidence: number,
): Pick<Said, 'verdict' | 'proven' | 'confidence'> {
  const isKnown = verdict !== 'unknown';
  const proven = isKnown && cause !== '' && evidence.length > 0;
  const isGuess = !isKnown || (cause !== '' && !proven);
  return {
    verdict,
    proven,
    confidence: isGuess ? Math.min(unprovenConfidence, confidence) : confidence,
  };
}

function evidenceIn(value: unknown, { lines }: Given): EvidenceLine[] {
  const seen = new Set<EvidenceLine>();
  for (const one of listOf(value).slice(0, 1000)) {
    const line = lines.get(labelOf(one));
    if (line !== undefined) seen.add(line);
    if (seen.size === limits.evidence) break;
  }
  return [...seen];
}

function actionsIn(value: unknown, { runbooks }: Given, clean: (text: string) => string): Action[] {
  const actions: Action[] = [];
  for (const one of listOf(value).slice(0, 1000)) {
    const action = z.object({ text: z.string(), from: z.unknown() }).partial({ from: true }).safeParse(one);
    const text = clean(action.success ? action.data.text : typeof one === 'string' ? one : '');
    if (text === '' || actions.some((other) => other.text === text)) continue;
    const runbook = action.success ? runbooks.get(labelOf(action.data.from)) : undefined;
    actions.push({ text, ...(runbook && { runbook }) });
    if (actions.length === limits.actions) break;
  }
  return actions;
}

/** One alone may stand without its list. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** A label as it was given, whatever its case and the white space or bracket around it; '' for anything else. */
function labelOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > 40) return '';
  const found = /^[\s[("']*([LR][1-9]\d{0,3})[\s\])"']*$/i.exec(value);
  return found?.[1]?.toUpperCase() ?? '';
}

/** From per cent; a fraction below one is taken for what it is. Nothing that is a number: no confidence at all. */
function confidenceIn(value: unknown): number {
  const number = typeof value === 'string' ? Number(value.trim().replace(/%$/, '') || Number.NaN) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return 0;
  const isFraction = number > 0 && number < 1;
  return Math.min(1, Math.max(0, isFraction ? number : number / 100));
}
