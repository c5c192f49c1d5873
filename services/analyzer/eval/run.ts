import pLimit from 'p-limit';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { ReasoningModel } from '../reason/model.ts';
import { TokenEstimate } from '../reason/tokens.ts';
import { ask, questionOf, type Setting } from './ask.ts';
import { judge } from './judge/index.ts';
import { type EvalReport, type EvalResult, reportOf } from './report.ts';
import type { Scenario } from './scenario.ts';

export interface RunOptions {
  readonly scenarios: readonly Scenario[];
  readonly model: ReasoningModel;
  readonly setting: Setting;
  /** How often each scenario is asked. */
  readonly repeat: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told at the start, and after each answer. */
  readonly onProgress?: ((progress: EvalProgress) => void) | undefined;
}

export interface EvalProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

/**
 * Asks a model about each scenario, and judges what people would get.
 *
 * @throws LogpatrolError `unreachable` where there is no model to answer
 */
export async function evaluate(options: RunOptions): Promise<EvalReport> {
  const { scenarios, model, setting, repeat, concurrency, signal, onProgress } = options;
  const total = scenarios.length * repeat;
  // A first load can take minutes.
  onProgress?.({ done: 0, total, failed: 0 });
  const prepared = await model.prepare(signal);
  if (prepared.kind !== 'ready') throw unreachable(model, prepared.reason);
  const stop = new AbortController();
  const limit = pLimit(concurrency);
  const tokens = new TokenEstimate();
  let [done, failed] = [0, 0];
  const one = async (scenario: Scenario, run: number): Promise<EvalResult> => {
    const until = AbortSignal.any([signal, stop.signal]);
    const question = await questionOf(scenario, setting, until);
    const started = performance.now();
    const asked = await ask(question, model, tokens, until);
    if (asked.kind === 'absent') throw unreachable(model, asked.reason);
    const { answer, conclusion } = asked;
    const failures = judge(answer);
    const passed = failures.length === 0;
    done += 1;
    if (!passed) failed += 1;
    onProgress?.({ done, total, failed });
    return {
      scenario: scenario.name,
      tags: scenario.tags,
      run,
      passed,
      failures,
      ...(conclusion !== undefined && { said: { ...conclusion, severity: answer.finding.severity } }),
      durationMs: conclusion?.durationMs ?? Math.round(performance.now() - started),
      promptTokens: conclusion?.promptTokens ?? 0,
      outputTokens: conclusion?.outputTokens ?? 0,
    };
  };
  try {
    const results = await Promise.all(
      scenarios.flatMap((scenario) =>
        Array.from({ length: repeat }, (_, index) => limit(() => one(scenario, index + 1))),
      ),
    );
    return reportOf(results, { model: model.name, digest: model.digest, at: Date.now() });
  } catch (error) {
    // One that is absent is absent for all.
    limit.clearQueue();
    stop.abort();
    throw error;
  }
}

function unreachable({ name }: ReasoningModel, reason: string): LogpatrolError {
  return new LogpatrolError('unreachable', `the model ${name} cannot be asked: ${reason}`);
}
