import { z } from 'zod';
import { type Conclusion, Severity } from '#shared/model/index.ts';
import { type Language, wording } from './language.ts';

/** Characters and items of an answer; half of each where a short one is asked for. */
const limits = { summary: 200, cause: 400, action: 160, actions: 4 };

/** What is taken from an answer. Lenient: a far side that does not bind its output may say too much, which is cut. */
const Answer = z.object({
  summary: z.string(),
  cause: z.string(),
  evidence: z.array(z.string()).catch([]),
  actions: z.array(z.string()).catch([]),
  severity: Severity,
  confidence: z.number().catch(0),
});

export type ReadAnswer =
  | {
      readonly ok: true;
      readonly said: Pick<
        Conclusion,
        'summary' | 'cause' | 'evidence' | 'actions' | 'severity' | 'confidence'
      >;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * The JSON schema that binds the model's answer, every part of it bounded: an answer that could go on for ever would be cut
 * by the token limit, and what is left is no JSON.
 */
export function answerSchema(labels: readonly string[], brief: boolean): Record<string, unknown> {
  const of = (limit: number) => (brief ? limit / 2 : limit);
  const label = z.enum(['L1', ...labels.filter((one) => one !== 'L1')]);
  const { $schema: _, ...schema } = z.toJSONSchema(
    z.object({
      summary: z.string().max(of(limits.summary)),
      cause: z.string().max(of(limits.cause)),
      evidence: z.array(label).max(labels.length),
      actions: z.array(z.string().max(of(limits.action))).max(of(limits.actions)),
      severity: Severity,
      confidence: z.number().int().min(0).max(100),
    }),
  );
  return schema;
}

/**
 * Reads what the model wrote. Thinking is left out, evidence that was not given is dropped, and a cause that is left without
 * evidence is marked as unproven.
 *
 * @param labels label in the prompt → id of the exemplar
 */
export function readAnswer(
  text: string,
  labels: ReadonlyMap<string, string>,
  language: Language,
): ReadAnswer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(withoutThinking(text));
  } catch {
    return { ok: false, reason: 'the answer is not JSON' };
  }
  const result = Answer.safeParse(parsed);
  if (!result.success) {
    const path = result.error.issues[0]?.path.join('.');
    return {
      ok: false,
      reason: `the answer has no usable ${path === undefined || path === '' ? 'object' : path}`,
    };
  }
  const answer = result.data;
  const summary = tidy(answer.summary, limits.summary);
  if (summary === '') return { ok: false, reason: 'the answer has an empty summary' };
  const evidence = [...new Set(answer.evidence)]
    .map((label) => labels.get(label))
    .filter((id) => id !== undefined);
  const cause = tidy(answer.cause, limits.cause);
  return {
    ok: true,
    said: {
      summary,
      cause: cause === '' || evidence.length > 0 ? cause : `${cause}${wording[language].unproven}`,
      evidence,
      actions: answer.actions
        .map((action) => tidy(action, limits.action))
        .filter((action) => action !== '')
        .slice(0, limits.actions),
      severity: answer.severity,
      confidence: Math.min(100, Math.max(0, answer.confidence)) / 100,
    },
  };
}

/** A reasoning model without a template of its own writes `<think>…</think>` before the answer, or only the end of it. */
function withoutThinking(text: string): string {
  const end = text.lastIndexOf('</think>');
  return end === -1 ? text : text.slice(end + '</think>'.length);
}

/** On one line, without what cannot be seen, cut. */
function tidy(text: string, maxLength: number): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Co}\p{Cn}]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed();
}
