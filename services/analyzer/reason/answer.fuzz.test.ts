import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readAnswer } from './answer.ts';
import { limits } from './answer-schema.ts';
import { mutate, random } from './testing/mutate.ts';

const answers = 100_000;
const lines = new Map(['L1', 'L2', 'L3', 'L10'].map((label) => [label, { id: `id-${label}`, text: label }]));
const runbooks = new Map(['R1', 'R2'].map((label) => [label, { name: label, title: label, section: '' }]));
const good = {
  evidence: ['L1', 'L3'],
  cause: '连接池耗尽 because sessions leak.',
  verdict: 'actionable',
  severity: 'critical',
  confidence: 80,
  summary: 'The pool is exhausted.',
  actions: [
    { text: 'Look at pg_stat_activity.', from: 'R1' },
    { text: 'Ask the owner.', from: 'own' },
  ],
};

describe('readAnswer', () => {
  const seed = Number(process.env.LOGPATROL_TEST_SEED ?? randomInt(2 ** 31));

  it(`stands ${answers} mutated answers (LOGPATROL_TEST_SEED=${seed})`, { timeout: 60_000 }, () => {
    const next = random(seed);
    const allowed = { lines: new Set(lines.values()), runbooks: new Set(runbooks.values()) };
    const seen = { read: 0, refused: 0, unproven: 0 };
    let slowest = 0;
    for (let index = 0; index < answers; index++) {
      const text = mutate(good, next);
      const started = performance.now();
      const result = readAnswer(text, { lines, runbooks });
      slowest = Math.max(slowest, performance.now() - started);
      if (!result.ok) {
        seen.refused += 1;
        if (result.reason.length > 200) expect.fail(`answer ${index}: an endless reason`);
        continue;
      }
      seen.read += 1;
      const { said } = result;
      if (!said.proven) seen.unproven += 1;
      const texts = [said.summary, said.cause, ...said.actions.map((action) => action.text)];
      const isRight =
        said.evidence.every((line) => allowed.lines.has(line)) &&
        new Set(said.evidence).size === said.evidence.length &&
        said.evidence.length <= limits.evidence &&
        said.actions.every(({ runbook }) => runbook === undefined || allowed.runbooks.has(runbook)) &&
        said.actions.length <= limits.actions &&
        said.summary !== '' &&
        said.summary.length <= limits.summary &&
        said.cause.length <= limits.cause &&
        said.actions.every((action) => action.text !== '' && action.text.length <= limits.action) &&
        texts.every((one) => one.isWellFormed() && !/[\p{Cc}\p{Cf}\n]/u.test(one)) &&
        ['actionable', 'watch', 'not-actionable', 'unknown'].includes(said.verdict) &&
        ['info', 'warning', 'critical'].includes(said.severity) &&
        said.confidence >= 0 &&
        said.confidence <= 1 &&
        (!said.proven || said.evidence.length > 0) &&
        (said.proven || said.cause === '' || said.confidence <= 0.5);
      if (!isRight) expect.fail(`answer ${index}: ${JSON.stringify({ text: text.slice(0, 2000), said })}`);
    }
    expect({}.constructor).toBe(Object);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    // The mutations are of both kinds: else this shows nothing.
    expect(Math.min(seen.read, seen.refused, seen.unproven)).toBeGreaterThan(answers / 50);
    expect(slowest).toBeLessThan(1000);
  });
});
