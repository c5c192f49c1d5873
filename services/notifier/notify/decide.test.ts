import { describe, expect, it } from 'vitest';
import type { Finding } from '#shared/model/index.ts';
import { sampleConclusion, sampleFinding } from '../testing/sample.ts';
import { type Member, reasonToTell, told } from './decide.ts';

/** What the channel is told of a finding's revisions, one after another. */
function story(...revisions: Partial<Finding>[]): (string | undefined)[] {
  let member: Member | undefined;
  return revisions.map((over, index) => {
    const finding = sampleFinding({ severity: 'warning', revision: index + 1, ...over });
    const reason = reasonToTell(finding, member);
    if (reason !== undefined) member = told(finding, member, reason);
    return reason;
  });
}

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

  it('takes a revision that it knows for a replay', () => {
    const finding = sampleFinding({ revision: 3 });
    const member = told(finding, undefined, 'opened');
    expect(reasonToTell({ ...finding, ...resolved }, member)).toBeUndefined();
    expect(reasonToTell({ ...finding, ...resolved, revision: 2 }, member)).toBeUndefined();
  });
});
