import { z } from 'zod';
import { Severity, Verdict } from '#shared/model/index.ts';

/** Characters and items of an answer; half of each where a short one is asked for. */
export const limits = { summary: 200, cause: 400, evidence: 8, action: 160, actions: 4 } as const;

/** Where an action comes from that is in no runbook. */
export const ownAction = 'own';

/** Labels that the answer may cite. */
export interface Citable {
  readonly lines: readonly string[];
  readonly runbooks: readonly string[];
}

/**
 * The JSON schema that binds the model's answer, every part of it bounded: an answer that could go on for ever would be cut
 * by the token limit, and what is left is no JSON. Evidence and cause stand first, for a model writes in this order: it looks
 * before it judges.
 */
export function answerSchema({ lines, runbooks }: Citable, brief: boolean): Record<string, unknown> {
  const of = (limit: number) => (brief ? limit / 2 : limit);
  const line = z.enum(['L1', ...lines.filter((one) => one !== 'L1')]);
  const action = z.strictObject({
    text: z.string().max(of(limits.action)),
    from: z.enum([...runbooks, ownAction]),
  });
  const { $schema: _, ...schema } = z.toJSONSchema(
    z.strictObject({
      evidence: z.array(line).max(Math.min(lines.length, of(limits.evidence))),
      cause: z.string().max(of(limits.cause)),
      verdict: Verdict,
      severity: Severity,
      confidence: z.number().int().min(0).max(100),
      summary: z.string().max(of(limits.summary)),
      actions: z.array(action).max(of(limits.actions)),
    }),
  );
  return schema;
}
