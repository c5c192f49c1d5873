import { describe, expect, it } from 'vitest';
import type { Finding } from '#shared/model/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { healthOf, timingOf } from './finding-figures.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 1, 0, second)).toISOString();
const by = { id: 'li', name: '李雷' };

describe('health of a finding', () => {
  it.each<[Partial<Finding>, string, number]>([
    [{ severity: 'critical', state: 'open' }, 'failed', 2],
    [{ severity: 'critical', state: 'acknowledged' }, 'failed', 2],
    [{ severity: 'warning', state: 'open' }, 'warning', 1],
    [{ severity: 'info', state: 'open' }, 'available', 0],
    [{ severity: 'critical', state: 'resolved' }, 'available', 0],
    [{ severity: 'critical', state: 'open', old: true }, 'available', 0],
    [{ severity: 'critical', state: 'open', knownGood: true }, 'available', 0],
    [
      { severity: 'critical', state: 'open', muted: { control: 'c', kind: 'feedback', by: 'li' } },
      'available',
      0,
    ],
    [
      { severity: 'critical', state: 'open', muted: { control: 'c', kind: 'silence', by: 'li' } },
      'failed',
      2,
    ],
  ])('of %j is %s', (changes, state, level) => {
    expect(healthOf(sampleFinding({ old: false, ...changes }))).toEqual({
      'health.state': state,
      'health.level': level,
    });
  });
});

describe('timing of a finding', () => {
  const first = { old: false, openings: 1, arrivedAt: at(0), detectedAt: at(2) };

  it('begins with the arrival of the first line', () => {
    expect(timingOf(sampleFinding(first))).toEqual({ 'timing.detect_ms': 2000 });
    expect(
      timingOf(sampleFinding({ ...first, acknowledged: { by, at: at(30) }, resolvedAt: at(50) })),
    ).toEqual({ 'timing.detect_ms': 2000, 'timing.acknowledge_ms': 30_000, 'timing.resolve_ms': 50_000 });
  });

  it('of a reopened one begins with its first finding since', () => {
    expect(
      timingOf(
        sampleFinding({ ...first, openings: 2, detectedAt: at(20), acknowledged: { by, at: at(30) } }),
      ),
    ).toEqual({ 'timing.acknowledge_ms': 10_000 });
  });

  it('is not told of old lines, and is never negative', () => {
    expect(timingOf(sampleFinding({ ...first, old: true }))).toEqual({});
    expect(timingOf(sampleFinding({ ...first, arrivedAt: at(5) }))).toEqual({ 'timing.detect_ms': 0 });
  });
});
