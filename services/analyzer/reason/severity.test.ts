import { describe, expect, it } from 'vitest';
import { compareSeverity, type Severity, severities, Verdict } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { decideSeverity, type ModelView, type SeverityInput, severityInput } from './severity.ts';

const input = (changes: Partial<SeverityInput>): SeverityInput => ({
  rule: 'warning',
  pinned: false,
  count: 1,
  hostCount: 1,
  ...changes,
});
/** The model with a line that shows the cause. */
const proven = (severity: Severity): ModelView => ({ severity, verdict: 'actionable', proven: true });
const guessed = (severity: Severity): ModelView => ({ severity, verdict: 'actionable', proven: false });

describe('decideSeverity', () => {
  it.each<[Severity, Partial<SeverityInput>, Severity]>([
    ['info', {}, 'info'],
    ['warning', {}, 'warning'],
    ['critical', {}, 'critical'],
    // Scale: one step for ten hosts; many lines lift a notice, and nothing else.
    ['info', { hostCount: 9 }, 'info'],
    ['info', { hostCount: 10 }, 'warning'],
    ['warning', { hostCount: 10 }, 'critical'],
    ['critical', { hostCount: 1000 }, 'critical'],
    ['info', { count: 9999 }, 'info'],
    ['info', { count: 10_000 }, 'warning'],
    ['info', { count: 10_000, hostCount: 10 }, 'warning'],
    ['warning', { count: 1_000_000, hostCount: 0 }, 'warning'],
    ['info', { count: 1_000_000, isRate: true }, 'info'],
    // A hardware fault below it: a warning is critical, a notice stays one, and scale is not added to it.
    ['warning', { hardware: 'Fan failed' }, 'critical'],
    ['info', { hardware: 'Fan failed' }, 'info'],
    ['info', { worstDependant: 'critical' }, 'critical'],
    ['critical', { worstDependant: 'warning' }, 'critical'],
    ['warning', { pinned: true, worstDependant: 'critical' }, 'warning'],
    ['info', { hardware: 'Fan failed', hostCount: 10 }, 'warning'],
    ['info', { hardware: 'Fan failed', count: 10_000 }, 'warning'],
    ['warning', { hardware: 'Fan failed', hostCount: 10 }, 'critical'],
    ['critical', { hardware: 'Fan failed' }, 'critical'],
    // One step down for what good logs have as much of; nothing but the model lifts it again.
    ['info', { knownGood: true }, 'info'],
    ['warning', { knownGood: true }, 'info'],
    ['critical', { knownGood: true }, 'warning'],
    ['warning', { knownGood: true, hostCount: 500, hardware: 'Fan failed' }, 'info'],
    ['info', { knownGood: true, hostCount: 500, count: 1_000_000 }, 'info'],
    ['warning', { knownGood: true, model: proven('critical') }, 'warning'],
    // What people call no problem does not escalate by itself.
    ['info', { isNoProblem: true, hostCount: 500, count: 1_000_000 }, 'info'],
    ['warning', { isNoProblem: true, hostCount: 500 }, 'warning'],
    ['warning', { isNoProblem: true, hardware: 'Fan failed' }, 'warning'],
    // The model, where a line shows the cause: one step towards what it says.
    ['info', { model: proven('warning') }, 'warning'],
    ['info', { model: proven('critical') }, 'warning'],
    ['warning', { model: proven('info') }, 'info'],
    ['warning', { model: proven('critical') }, 'critical'],
    ['critical', { model: proven('info') }, 'warning'],
    ['critical', { model: proven('warning') }, 'warning'],
    ['info', { hostCount: 10, model: proven('critical') }, 'critical'],
    ['warning', { hostCount: 10, model: proven('info') }, 'warning'],
    ['warning', { hardware: 'Fan failed', model: proven('warning') }, 'warning'],
    // A guess lowers nothing and makes nothing critical.
    ['critical', { model: guessed('info') }, 'critical'],
    ['warning', { model: guessed('info') }, 'warning'],
    ['warning', { model: guessed('critical') }, 'warning'],
    ['info', { model: guessed('critical') }, 'warning'],
    // Where it cannot tell, its severity says nothing; and what needs nobody is not raised.
    ['critical', { model: { ...proven('info'), verdict: 'unknown' } }, 'critical'],
    ['info', { model: { ...proven('critical'), verdict: 'unknown' } }, 'info'],
    ['warning', { model: { ...proven('critical'), verdict: 'not-actionable' } }, 'warning'],
    ['warning', { model: { ...proven('info'), verdict: 'not-actionable' } }, 'info'],
    ['warning', { model: { ...proven('critical'), verdict: 'watch' } }, 'critical'],
    // A pinned severity is moved by nothing.
    ['critical', { pinned: true, model: proven('info') }, 'critical'],
    ['warning', { pinned: true, knownGood: true, hardware: 'Fan failed' }, 'warning'],
    ['info', { pinned: true, count: 1_000_000, hostCount: 1000, model: proven('critical') }, 'info'],
  ])('%s with %j: %s', (rule, changes, severity) => {
    expect(decideSeverity(input({ rule, ...changes }), 'en').severity).toBe(severity);
  });

  it('gives its reasons in both languages', () => {
    const facts = input({ hardware: 'PS1 failed', model: guessed('warning') });
    expect(decideSeverity(facts, 'en').reasons).toEqual([
      'the rule says warning',
      'open hardware fault on its host, "PS1 failed": raised to critical',
      'the model says warning without a line that shows it: kept at critical',
    ]);
    expect(decideSeverity(facts, 'zh-CN').reasons).toEqual([
      '规则级别为 warning',
      '所在主机有未恢复的硬件故障“PS1 failed”，升为 critical',
      '模型判断为 warning，但没有日志证据，保持 critical',
    ]);
    expect(decideSeverity(input({ hostCount: 12, model: proven('info') }), 'zh-CN').reasons).toEqual([
      '规则级别为 warning',
      '涉及 12 台主机，升为 critical',
      '模型判断为 info，降一级为 warning',
    ]);
  });
});

const either = [true, false];
const views: (ModelView | undefined)[] = [
  undefined,
  ...severities.flatMap((severity) =>
    Verdict.options.flatMap((verdict) => either.map((proven) => ({ severity, verdict, proven }))),
  ),
];

/** Every combination of what it is decided by, but for the rule's own severity: 2 × 2 × 3 × 3 × 2 × 2 × 2 × 25. */
const combinations: Omit<SeverityInput, 'rule'>[] = either.flatMap((pinned) =>
  either.flatMap((isRate) =>
    [1, 9999, 10_000].flatMap((count) =>
      [0, 9, 10].flatMap((hostCount) =>
        [undefined, 'Fan failed'].flatMap((hardware) =>
          either.flatMap((knownGood) =>
            either.flatMap((isNoProblem) =>
              views.map((model) => ({
                ...{ pinned, isRate, count, hostCount, hardware, knownGood, isNoProblem, model },
              })),
            ),
          ),
        ),
      ),
    ),
  ),
);
const rank = (severity: Severity): number => severities.indexOf(severity);

describe('every combination', () => {
  it('holds what was promised', () => {
    expect(combinations).toHaveLength(2 * 2 * 3 * 3 * 2 * 2 * 2 * 25);
    const broken: unknown[] = [];
    for (const facts of combinations) {
      let below: Severity | undefined;
      for (const rule of severities) {
        const { severity, reasons } = decideSeverity({ ...facts, rule }, 'en');
        const alone = decideSeverity({ ...facts, rule, model: undefined }, 'en').severity;
        const { model } = facts;
        const check = (promise: string, holds: boolean): void => {
          if (!holds) broken.push({ promise, rule, severity, alone, ...facts });
        };
        check('is one of the three', severities.includes(severity));
        check('pinned never moves', !facts.pinned || severity === rule);
        check('facts move it by one step at most', Math.abs(rank(alone) - rank(rule)) <= 1);
        check('the model moves it by one step at most', Math.abs(rank(severity) - rank(alone)) <= 1);
        check(
          'the model moves it towards what it says',
          severity === alone ||
            (model !== undefined &&
              compareSeverity(severity, alone) * compareSeverity(model.severity, alone) > 0),
        );
        check(
          'the model lowers with proof alone',
          compareSeverity(severity, alone) >= 0 || model?.proven === true,
        );
        check(
          'the model makes critical with proof alone',
          severity !== 'critical' || alone === 'critical' || model?.proven === true,
        );
        check('unknown moves nothing', model?.verdict !== 'unknown' || severity === alone);
        check(
          'rises with the rule',
          facts.pinned || below === undefined || compareSeverity(severity, below) >= 0,
        );
        check('each move has its reason', severity === rule || reasons.length > 1);
        check(
          'hardware never lowers',
          compareSeverity(alone, decideSeverity({ ...facts, rule, ...bare }, 'en').severity) >= 0,
        );
        check(
          'the last word names the outcome',
          reasons.length === 1 || facts.pinned || reasons.at(-1)?.endsWith(` ${severity}`) === true,
        );
        check(
          'both languages say as much',
          decideSeverity({ ...facts, rule }, 'zh-CN').reasons.length === reasons.length,
        );
        below = severity;
      }
    }
    expect(broken).toEqual([]);
  });
});
const bare = { model: undefined, hardware: undefined };

describe('severityInput', () => {
  it('reads what an incident has', () => {
    const muted = { control: 'c1', kind: 'feedback', by: 'ana' } as const;
    const incident = sampleIncident({ pack: 'rates', muted, knownGood: true, count: 7, hostCount: 3 });
    const hardware = { id: 'h', service: 'bmc', title: 'Fan failed' };
    expect(severityInput(incident, guessed('info'), hardware)).toEqual({
      ...{ rule: 'warning', pinned: false, count: 7, hostCount: 3, knownGood: true },
      ...{ isNoProblem: true, isRate: true, hardware: 'Fan failed', model: guessed('info') },
    });
  });
});
