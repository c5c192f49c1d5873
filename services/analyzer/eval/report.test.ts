import { describe, expect, it } from 'vitest';
import { differences, type EvalResult, rateOf, reportOf } from './report.ts';

function result(scenario: string, passed: boolean, durationMs: number, run = 1): EvalResult {
  return {
    scenario,
    tags: scenario === 'a' ? ['x', 'y'] : ['y'],
    run,
    passed,
    failures: passed ? [] : [{ check: 'cause', message: 'wrong' }],
    said: {
      verdict: 'watch',
      summary: 's',
      cause: 'c',
      proven: true,
      evidence: [],
      actions: [],
      severity: 'info',
      confidence: 0.5,
    },
    durationMs,
    promptTokens: 100 * durationMs,
    outputTokens: durationMs,
  };
}
const of = (model: string) => ({ model, digest: undefined, at: 0 });

describe('a report', () => {
  it('adds up by tag, with nearest ranks of time and tokens', () => {
    const results = [
      result('a', true, 10),
      result('a', false, 40, 2),
      result('b', true, 20),
      result('c', true, 30),
    ];
    expect(reportOf(results, of('m'))).toMatchObject({
      model: 'm',
      at: '1970-01-01T00:00:00.000Z',
      scenarios: 3,
      all: { runs: 4, passed: 3 },
      tags: [
        { tag: 'x', runs: 2, passed: 1 },
        { tag: 'y', runs: 4, passed: 3 },
      ],
      time: { medianMs: 20, p95Ms: 40 },
      tokens: { prompt: 10_000, output: 100, medianPrompt: 2000, medianOutput: 20 },
    });
  });

  it('takes no times of what was not answered', () => {
    const { said: _, ...silent } = result('a', false, 99_999);
    expect(reportOf([silent, result('b', true, 20)], of('m'))).toMatchObject({
      all: { runs: 2, passed: 1 },
      time: { medianMs: 20, p95Ms: 20 },
    });
    expect(reportOf([], of('m'))).toMatchObject({ time: { medianMs: 0, p95Ms: 0 }, all: { runs: 0 } });
    expect(rateOf({ runs: 0, passed: 0 })).toBe(0);
  });

  it('differs from another where one did better, of what both were given', () => {
    const one = reportOf([result('a', true, 1), result('b', true, 1), result('c', true, 1)], of('one'));
    const other = reportOf(
      [result('a', true, 1), result('b', true, 1), result('b', false, 1, 2), result('d', false, 1)],
      of('other'),
    );
    expect(differences(one, other)).toEqual([
      { scenario: 'b', one: { runs: 1, passed: 1 }, other: { runs: 2, passed: 1 } },
    ]);
  });
});
