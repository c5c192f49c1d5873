import { describe, expect, it } from 'vitest';
import type { Finding } from '#shared/model/index.ts';
import { sampleConclusion, sampleFinding } from '../testing/sample.ts';
import { type Circumstances, decide, kept, type Member, told } from './decide.ts';

const calm: Circumstances = { isCauseTold: false, hasWaited: true, isUpdated: false };
const now = Date.parse('2026-11-21T01:00:02.000Z');

/** What the channel is told of a finding's revisions, one after another; `(…)` where it is only remembered or put off. */
function storyIn(at: Circumstances, ...revisions: Partial<Finding>[]): (string | undefined)[] {
  let member: Member | undefined;
  return revisions.map((over, index) => {
    const finding = sampleFinding({ severity: 'warning', revision: index + 1, ...over });
    const decision = decide(finding, member, at);
    switch (decision?.kind) {
      case 'tell':
        member = told(finding, member, decision.reason, now);
        return decision.reason;
      case 'keep':
        member = kept(finding, member, decision.untold);
        return `(${decision.untold ?? 'kept'})`;
      case 'wait':
        return `(waits: ${decision.on})`;
      default:
        return undefined;
    }
  });
}

const story = (...revisions: Partial<Finding>[]) => storyIn(calm, ...revisions);

const muted = { muted: { control: 'c1', kind: 'silence', by: 'ana' } } as const;
const causedBy = { causedBy: { id: 'db', service: 'mysql', title: 'down' } };
const flapping = { flapping: true } as const;
const resolved = { state: 'resolved' } as const;
const conclusion = sampleConclusion();

describe('what a channel is told', () => {
  it('hears of the opening, and not of counts', () => {
    expect(story({}, { count: 4000, hostCount: 99 })).toEqual(['opened', undefined]);
  });

  it('hears nothing of old lines, and once of what was over before it could be told', () => {
    expect(story({ old: true }, { old: true, ...resolved })).toEqual([undefined, undefined]);
    expect(story(resolved, resolved)).toEqual(['opened', undefined]);
  });

  it('hears of what was old and goes on', () => {
    expect(story({ old: true }, { old: false })).toEqual([undefined, 'opened']);
  });

  it('hears of the end once', () => {
    expect(story({}, resolved, resolved)).toEqual(['opened', 'resolved', undefined]);
  });

  it('hears when it happens again, even where the end was never seen', () => {
    expect(story({}, resolved, { openings: 2 })).toEqual(['opened', 'resolved', 'reopened']);
    expect(story({}, { openings: 2 })).toEqual(['opened', 'reopened']);
  });

  it('hears of a rise, once, also when it falls in between', () => {
    expect(story({}, { severity: 'critical' }, {}, { severity: 'critical' })).toEqual([
      'opened',
      'escalated',
      undefined,
      undefined,
    ]);
  });

  it('hears a rise anew in the next opening', () => {
    expect(
      story({ severity: 'critical' }, resolved, { openings: 2 }, { openings: 2, severity: 'critical' }),
    ).toEqual(['opened', 'resolved', 'reopened', 'escalated']);
  });

  it('hears a conclusion that comes after the first card, once', () => {
    expect(story({ reasoning: 'pending' }, { conclusion }, { conclusion })).toEqual([
      'opened',
      'concluded',
      undefined,
    ]);
    expect(story({ conclusion }, { conclusion })).toEqual(['opened', undefined]);
  });

  it('hears a later conclusion only where its verdict is another', () => {
    const watch = { conclusion: sampleConclusion({ verdict: 'watch' }) };
    const reworded = { conclusion: sampleConclusion({ summary: '换一种说法', cause: '另一个原因' }) };
    expect(story({ reasoning: 'pending' }, { conclusion }, reworded, watch, watch, {}, reworded)).toEqual([
      'opened',
      'concluded',
      undefined,
      'concluded',
      undefined,
      undefined,
      'concluded',
    ]);
    expect(story({ conclusion }, watch)).toEqual(['opened', 'concluded']);
    expect(story(watch, { severity: 'critical', conclusion }, { severity: 'critical', conclusion })).toEqual([
      'opened',
      'escalated',
      undefined,
    ]);
  });

  it('hears a conclusion anew after it was reopened', () => {
    expect(story({ conclusion }, resolved, { openings: 2 }, { openings: 2, conclusion })).toEqual([
      'opened',
      'resolved',
      'reopened',
      'concluded',
    ]);
  });

  it('is not told again of what was concluded before verdicts were remembered', () => {
    const { verdict: _, ...member } = told(sampleFinding({ conclusion }), undefined, 'opened', now);
    expect(decide(sampleFinding({ conclusion, revision: 2 }), member, calm)).toBeUndefined();
  });

  it('takes a revision that it knows for a replay', () => {
    const finding = sampleFinding({ revision: 3 });
    const member = told(finding, undefined, 'opened', now);
    expect(decide({ ...finding, ...resolved }, member, calm)).toBeUndefined();
    expect(decide({ ...finding, ...resolved, revision: 2 }, member, calm)).toBeUndefined();
  });
});

describe('what is muted', () => {
  it('is not told, nor its end, not even when the silence is over by then', () => {
    expect(story(muted, { ...muted, count: 9 }, { ...muted, ...resolved }, resolved)).toEqual([
      '(muted)',
      undefined,
      '(muted)',
      undefined,
    ]);
    expect(story({ ...muted, ...resolved }, resolved)).toEqual(['(muted)', undefined]);
  });

  it('is told as new when it goes on after the silence', () => {
    expect(story(muted, {}, {})).toEqual(['(muted)', 'opened', undefined]);
    expect(story(muted, { ...muted, ...resolved }, { openings: 2 })).toEqual([
      '(muted)',
      '(muted)',
      'opened',
    ]);
  });

  it('is told once to be muted where it was told before, and nothing else meanwhile', () => {
    const critical = { severity: 'critical' } as const;
    expect(
      story({}, muted, { ...muted, ...critical }, { ...muted, conclusion }, { ...muted, ...resolved }),
    ).toEqual(['opened', 'muted', undefined, undefined, '(kept)']);
    expect(story({}, muted, {}, muted)).toEqual(['opened', 'muted', undefined, undefined]);
    expect(story({}, muted, {}, resolved)).toEqual(['opened', 'muted', undefined, 'resolved']);
    expect(story({}, muted, { ...muted, ...resolved }, { openings: 2 })).toEqual([
      'opened',
      'muted',
      '(kept)',
      'reopened',
    ]);
    expect(story({}, resolved, { ...muted, openings: 2 })).toEqual(['opened', 'resolved', undefined]);
  });

  it('is told all the same where the rule pins it', () => {
    expect(story({ ...muted, pinned: true })).toEqual(['opened']);
  });
});

describe('what another incident has taken in', () => {
  const during = { isCauseTold: true, hasWaited: false, isUpdated: false };

  it('is not told on its own while that is told, nor its end', () => {
    expect(
      storyIn(during, causedBy, { ...causedBy, count: 9 }, { ...causedBy, ...resolved }, resolved),
    ).toEqual(['(taken-in)', undefined, '(taken-in)', undefined]);
  });

  it('is told as new where it outlives that', () => {
    expect(storyIn(during, causedBy, {})).toEqual(['(taken-in)', 'opened']);
  });

  it('waits a little for that to be told, and is told where it is not', () => {
    expect(storyIn({ isCauseTold: false, hasWaited: false, isUpdated: false }, causedBy)).toEqual([
      '(waits: cause)',
    ]);
    expect(storyIn(calm, causedBy)).toEqual(['opened']);
  });

  it('hears of nothing but its end where it was told before', () => {
    const critical = { severity: 'critical' } as const;
    expect(
      storyIn(
        during,
        {},
        { ...causedBy, ...critical },
        { ...causedBy, ...resolved },
        { ...causedBy, openings: 2 },
        { openings: 2 },
      ),
    ).toEqual(['opened', undefined, 'resolved', undefined, 'reopened']);
  });

  it('is told all the same where the rule pins it', () => {
    expect(storyIn(during, { ...causedBy, pinned: true })).toEqual(['opened']);
  });
});

describe('what takes others in', () => {
  it('is told again with them, when it has waited', () => {
    expect(
      storyIn({ isCauseTold: false, hasWaited: false, isUpdated: false }, {}, { dependantCount: 2 }),
    ).toEqual(['opened', '(waits: affected)']);
    expect(story({}, { dependantCount: 2 }, { dependantCount: 2 }, { dependantCount: 3 })).toEqual([
      'opened',
      'affected',
      undefined,
      'affected',
    ]);
  });

  it('lists them in whatever else it says', () => {
    const severity = 'critical';
    expect(
      story({ dependantCount: 1 }, { dependantCount: 2, severity }, { dependantCount: 2, severity }),
    ).toEqual(['opened', 'escalated', undefined]);
  });
});

describe('what comes and goes', () => {
  it('is told once to be flapping, and then of its end', () => {
    expect(story({}, flapping, { ...flapping, openings: 2 }, { ...flapping, openings: 3 }, resolved)).toEqual(
      ['opened', 'flapping', undefined, undefined, 'resolved'],
    );
    expect(story({}, resolved, { ...flapping, openings: 2 }, { ...flapping, openings: 3 })).toEqual([
      'opened',
      'resolved',
      'reopened',
      undefined,
    ]);
    expect(story(flapping, flapping)).toEqual(['opened', undefined]);
  });

  it('is told anew when it begins anew', () => {
    expect(story({}, flapping, resolved, { openings: 4 }, { ...flapping, openings: 5 })).toEqual([
      'opened',
      'flapping',
      'resolved',
      'reopened',
      'flapping',
    ]);
  });
});
