import { z } from 'zod';
import { Conclusion, Severity, Timestamp } from '#shared/model/index.ts';
import { checkNames } from './scenario.ts';

const count = z.number().int().nonnegative();

/** What came of one scenario. */
export const EvalResult = z.object({
  scenario: z.string(),
  tags: z.array(z.string()),
  /** From 1; more than 1 with `--repeat`. */
  run: z.number().int().positive(),
  passed: z.boolean(),
  failures: z.array(z.object({ check: z.enum(checkNames), message: z.string() })),
  /** What the model said, after grounding; absent where it gave no usable answer. */
  said: Conclusion.pick({
    verdict: true,
    summary: true,
    cause: true,
    proven: true,
    evidence: true,
    actions: true,
    confidence: true,
  })
    .extend({ severity: Severity })
    .optional(),
  durationMs: z.number().nonnegative(),
  promptTokens: count,
  outputTokens: count,
});
export type EvalResult = z.infer<typeof EvalResult>;

const Share = z.object({ runs: count, passed: count });
export type Share = z.infer<typeof Share>;

/** How a model did: what `logpatrol eval --format json` prints, and `--save` keeps for `--against`. */
export const EvalReport = z.object({
  model: z.string(),
  digest: z.string().optional(),
  at: Timestamp,
  scenarios: count,
  all: Share,
  tags: z.array(Share.extend({ tag: z.string() })),
  /** Of the answers; milliseconds, nearest rank. */
  time: z.object({ medianMs: z.number(), p95Ms: z.number() }),
  tokens: z.object({ prompt: count, output: count, medianPrompt: z.number(), medianOutput: z.number() }),
  results: z.array(EvalResult),
});
export type EvalReport = z.infer<typeof EvalReport>;

/** Adds results up. @param at when the run ended, in milliseconds since the epoch */
export function reportOf(
  results: readonly EvalResult[],
  { model, digest, at }: { readonly model: string; readonly digest: string | undefined; readonly at: number },
): EvalReport {
  const tags = [...new Set(results.flatMap((result) => result.tags))].sort();
  const answered = results.filter(({ said }) => said !== undefined);
  const times = answered.map(({ durationMs }) => durationMs);
  const prompts = answered.map(({ promptTokens }) => promptTokens);
  const outputs = answered.map(({ outputTokens }) => outputTokens);
  return {
    model,
    ...(digest !== undefined && { digest }),
    at: new Date(at).toISOString(),
    scenarios: new Set(results.map(({ scenario }) => scenario)).size,
    all: shareOf(results),
    tags: tags.map((tag) => ({ tag, ...shareOf(results.filter((result) => result.tags.includes(tag))) })),
    time: { medianMs: rank(times, 0.5), p95Ms: rank(times, 0.95) },
    tokens: {
      prompt: sum(prompts),
      output: sum(outputs),
      medianPrompt: rank(prompts, 0.5),
      medianOutput: rank(outputs, 0.5),
    },
    results: [...results],
  };
}

/** A scenario that two models did not do equally well. */
export interface Difference {
  readonly scenario: string;
  readonly one: Share;
  readonly other: Share;
}

/** Scenarios that both were given and that one of them passed more often, by name. */
export function differences(one: EvalReport, other: EvalReport): Difference[] {
  const ofOther = Map.groupBy(other.results, ({ scenario }) => scenario);
  return [...Map.groupBy(one.results, ({ scenario }) => scenario)]
    .flatMap(([scenario, results]) => {
      const others = ofOther.get(scenario);
      return others === undefined ? [] : [{ scenario, one: shareOf(results), other: shareOf(others) }];
    })
    .filter((each) => rateOf(each.one) !== rateOf(each.other))
    .sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
}

/** From 0 to 1; of nothing it is 0. */
export function rateOf({ runs, passed }: Share): number {
  return runs === 0 ? 0 : passed / runs;
}

function shareOf(results: readonly EvalResult[]): Share {
  return { runs: results.length, passed: results.filter(({ passed }) => passed).length };
}

/** The value that so much of them is at or below (nearest rank); of none it is 0. */
function rank(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
