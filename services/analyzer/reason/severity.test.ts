import { describe, expect, it } from 'vitest';
import type { Severity } from '#shared/model/index.ts';
import { decideSeverity } from './severity.ts';

describe('decideSeverity', () => {
  // rule, pinned, lines, hosts, model → severity
  it.each<[Severity, boolean, number, number, Severity | undefined, Severity]>([
    ['info', false, 1, 1, undefined, 'info'],
    ['warning', false, 1, 1, undefined, 'warning'],
    ['critical', false, 1, 1, undefined, 'critical'],
    // Scale: one step for ten hosts; many lines lift a notice, and nothing else.
    ['info', false, 1, 9, undefined, 'info'],
    ['info', false, 1, 10, undefined, 'warning'],
    ['warning', false, 1, 10, undefined, 'critical'],
    ['critical', false, 1, 1000, undefined, 'critical'],
    ['info', false, 9999, 1, undefined, 'info'],
    ['info', false, 10_000, 1, undefined, 'warning'],
    ['info', false, 10_000, 10, undefined, 'warning'],
    ['warning', false, 1_000_000, 1, undefined, 'warning'],
    // The model: one step towards what it says.
    ['info', false, 1, 1, 'warning', 'warning'],
    ['info', false, 1, 1, 'critical', 'warning'],
    ['warning', false, 1, 1, 'info', 'info'],
    ['warning', false, 1, 1, 'critical', 'critical'],
    ['critical', false, 1, 1, 'info', 'warning'],
    ['critical', false, 1, 1, 'critical', 'critical'],
    ['info', false, 1, 10, 'critical', 'critical'],
    ['warning', false, 1, 10, 'info', 'warning'],
    // A pinned severity is moved by nothing.
    ['critical', true, 1, 1, 'info', 'critical'],
    ['info', true, 1_000_000, 1000, 'critical', 'info'],
  ])(
    '%s (pinned %s), %i lines on %i hosts, model %s: %s',
    (rule, pinned, count, hostCount, model, severity) => {
      const decision = decideSeverity({ rule, pinned, count, hostCount, model }, 'en');
      expect(decision.severity).toBe(severity);
      expect(decision.reasons[0]).toBe(`the rule says ${rule}`);
      // Every step has its reason, and the last one names the outcome.
      if (!pinned && severity !== rule) expect(decision.reasons.at(-1)).toContain(`to ${severity}`);
    },
  );

  // rule, pinned, hosts, lines, known good, no problem, model → severity
  it.each<[Severity, boolean, number, number, boolean, boolean, Severity | undefined, Severity]>([
    // One step down for what good logs have as much of; scale does not lift it again, the model may.
    ['warning', false, 1, 1, true, false, undefined, 'info'],
    ['critical', false, 1, 1, true, false, undefined, 'warning'],
    ['info', false, 1, 1, true, false, undefined, 'info'],
    ['warning', false, 500, 1, true, false, undefined, 'info'],
    ['info', false, 500, 1_000_000, true, false, undefined, 'info'],
    ['warning', false, 1, 1, true, false, 'critical', 'warning'],
    ['critical', false, 1, 1, true, false, 'critical', 'critical'],
    ['critical', true, 1, 1, true, false, undefined, 'critical'],
    ['warning', true, 1, 1, true, false, 'info', 'warning'],
    // What people call no problem does not escalate by itself.
    ['info', false, 500, 1_000_000, false, true, undefined, 'info'],
    ['warning', false, 500, 1, false, true, undefined, 'warning'],
    ['critical', false, 500, 1, false, true, undefined, 'critical'],
  ])(
    '%s (pinned %s) on %i hosts, %i lines, known good %s, no problem %s, model %s: %s',
    (rule, pinned, hostCount, count, knownGood, isNoProblem, model, severity) => {
      const input = { rule, pinned, count, hostCount, knownGood, isNoProblem, model };
      const decision = decideSeverity(input, 'en');
      expect(decision.severity).toBe(severity);
      if (!pinned && severity !== rule) expect(decision.reasons.at(-1)).toContain(`to ${severity}`);
      for (const language of ['en', 'zh-CN'] as const)
        expect(decideSeverity(input, language).reasons).toHaveLength(decision.reasons.length);
    },
  );

  it('does not take many lines of a rate for more than the rate says', () => {
    const input = { rule: 'info', pinned: false, count: 1_000_000, hostCount: 0, model: undefined } as const;
    expect(decideSeverity(input, 'en').severity).toBe('warning');
    expect(decideSeverity({ ...input, isRate: true }, 'en').severity).toBe('info');
  });

  it('gives its reasons in Chinese', () => {
    expect(
      decideSeverity({ rule: 'warning', pinned: false, count: 5, hostCount: 12, model: 'warning' }, 'zh-CN')
        .reasons,
    ).toEqual([
      '规则级别为 warning',
      '涉及 12 台主机，升为 critical',
      '模型判断为 warning，降一级为 warning',
    ]);
  });
});
