import { describe, expect, it } from 'vitest';
import type { Finding, GroupMember } from '#shared/model/index.ts';
import { sampleConclusion } from '../testing/sample.ts';
import { minute, Story, second } from './testing/story.ts';

const bot = { channels: { bot: { type: 'console' } } };
const onBot = () => new Story({ config: bot });
const onApp = () => new Story({ config: bot, canUpdate: ['bot'] });
const over: Partial<Finding> = { state: 'resolved', revision: 9 };
const conclusion = sampleConclusion();

describe('like findings on a channel that cannot change a card', () => {
  it('share one: the first at once, the others in one follow-up when no more can join', () => {
    const story = onBot();
    expect(story.find({ id: 'a' }, { id: 'b' })).toEqual(['bot opened a']);
    expect(story.wait(4 * minute)).toEqual([]);
    expect(story.find({ id: 'c' })).toEqual([]);
    expect(story.wait(59 * second)).toEqual([]);
    expect(story.wait(second)).toEqual(['bot joined a +2']);
    expect(story.wait(10 * minute)).toEqual([]);
    expect(story.find({ id: 'd' })).toEqual(['bot opened d']);
    expect(story.messages.map(({ id }) => id)).toEqual(['bot:a:1', 'bot:a:2', 'bot:d:1']);
    expect(story.messages[1]?.others?.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('do not on a terminal', () => {
    const story = new Story({ config: bot, sharesCards: false });
    expect(story.find({ id: 'a' }, { id: 'b' })).toEqual(['bot opened a', 'bot opened b']);
  });

  it('do not where they are of another service, pinned, or more severe than what rang', () => {
    const story = onBot();
    expect(story.find({ id: 'a' }, { id: 'b', service: 'other' }, { id: 'c', pinned: true })).toEqual([
      'bot opened a',
      'bot opened b',
      'bot opened c',
    ]);
    expect(
      story.find({ id: 'd', severity: 'critical' }, { id: 'e', severity: 'critical' }, { id: 'f' }),
    ).toEqual(['bot opened d']);
    expect(story.wait(5 * minute)).toEqual(['bot joined d +2']);
  });

  it('are named within half a minute where they are critical', () => {
    const story = onBot();
    story.find({ id: 'a', severity: 'critical' }, { id: 'b' });
    expect(story.wait(minute)).toEqual([]);
    expect(story.find({ id: 'c', severity: 'critical' })).toEqual([]);
    expect(story.wait(14 * second)).toEqual([]);
    expect(story.wait(second)).toEqual(['bot joined a +2']);
    expect(story.find({ id: 'd' })).toEqual([]);
    expect(story.wait(5 * minute)).toEqual(['bot joined a +3']);
  });

  it('are told in one follow-up also where a successor makes it, and once', () => {
    const story = onBot();
    story.find({ id: 'a' });
    story.crashOn({ id: 'b' });
    expect(story.read()).toEqual([]);
    story.takeOver();
    expect(story.wait(5 * minute)).toEqual(['bot joined a +1']);
    story.takeOver();
    expect(story.wait(5 * minute)).toEqual([]);
    expect(story.find({ id: 'b', ...over }, { id: 'a', ...over })).toEqual(['bot resolved a +1']);
    expect(story.messages.map(({ id }) => id)).toEqual(['bot:a:1', 'bot:a:2', 'bot:a:3']);
  });

  it('have one end, and only what the card is about has notes', () => {
    const story = onBot();
    story.find({ id: 'a' }, { id: 'b' });
    expect(story.find({ id: 'b', revision: 2, conclusion })).toEqual([]);
    expect(story.find({ id: 'a', revision: 2, conclusion })).toEqual(['bot concluded a +1']);
    expect(story.find({ id: 'a', ...over })).toEqual([]);
    expect(story.find({ id: 'b', ...over })).toEqual(['bot resolved a +1']);
    // The end has told of all: nothing is left for the window's.
    expect(story.wait(6 * minute)).toEqual([]);
  });

  it('ring again where one begins again after the window, or becomes more severe', () => {
    const story = onBot();
    story.find({ id: 'a' }, { id: 'b' });
    expect(story.find({ id: 'b', revision: 2, severity: 'critical' })).toEqual(['bot escalated b +1']);
    expect(story.find({ id: 'a', revision: 2, severity: 'critical' })).toEqual([]);
    expect(story.wait(5 * minute)).toEqual(['bot joined b +1']);
    story.find({ id: 'a', ...over });
    expect(story.find({ id: 'a', revision: 10, openings: 2 })).toEqual(['bot reopened a +1']);
  });

  it('begin a new card after fifty', () => {
    const story = onBot();
    const said = story.find(...Array.from({ length: 120 }, (_, index) => ({ id: `i${index}` })));
    expect(said).toEqual(['bot opened i0', 'bot opened i50', 'bot opened i100']);
    expect(story.wait(5 * minute, minute)).toEqual([
      'bot joined i0 +49',
      'bot joined i100 +19',
      'bot joined i50 +49',
    ]);
  });

  it('wait for what is not read yet before their follow-up', () => {
    const story = onBot();
    story.find({ id: 'a' }, { id: 'b' });
    story.now += 5 * minute;
    expect(story.tick(false)).toEqual([]);
    expect(story.find({ id: 'b', ...over }, { id: 'a', ...over })).toEqual(['bot resolved a +1']);
    expect(story.tick()).toEqual([]);
  });
});

describe('like findings on a card that is kept up to date', () => {
  it('join it within two seconds, some at a time, and each change shows', () => {
    const story = onApp();
    expect(story.find({ id: 'a' }, { id: 'b' }, { id: 'c' })).toEqual(['bot opened a']);
    expect(story.wait(2 * second)).toEqual(['bot joined a +2']);
    story.wait(minute);
    expect(story.find({ id: 'd' })).toEqual(['bot joined a +3']);
    story.wait(minute);
    expect(story.find({ id: 'c', revision: 2, conclusion })).toEqual(['bot joined a +3']);
    expect(story.find({ id: 'a', revision: 2, conclusion })).toEqual([]);
    expect(story.wait(2 * second)).toEqual(['bot concluded a +3']);
    story.wait(minute);
    expect(story.find({ id: 'a', ...over })).toEqual(['bot joined b +3']);
    story.wait(minute);
    expect(story.find({ id: 'b', ...over }, { id: 'c', ...over }, { id: 'd', ...over })).toEqual([
      'bot joined c +3',
    ]);
    expect(story.wait(2 * second)).toEqual(['bot resolved a +3']);
    expect(story.wait(minute)).toEqual([]);
  });

  it('update it although not everything is read', () => {
    const story = onApp();
    story.find({ id: 'a' }, { id: 'b' });
    story.now += 2 * second;
    expect(story.tick(false)).toEqual(['bot joined a +1']);
  });
});

describe('what people did', () => {
  const by = { id: 'fang', name: '王芳' };
  const at = '2026-11-21T01:00:30.000Z';
  const taken: Partial<Finding> = {
    state: 'acknowledged',
    acknowledged: { by, at },
    history: [{ id: 'h1', at, action: 'acknowledge', by }],
  };
  const silenced: Partial<Finding> = { history: [{ id: 'h2', at, action: 'silence-1h', by }] };
  const muted: Partial<Finding> = { muted: { control: 'c1', kind: 'silence', by: '王芳' } };

  it('is told once', () => {
    const story = onBot();
    story.find({ id: 'a' });
    expect(story.find({ id: 'a', ...taken, revision: 2 }, { id: 'a', ...taken, revision: 3 })).toEqual([
      'bot handled a',
    ]);
  });

  it('is told as silence where it is that', () => {
    const story = onBot();
    story.find({ id: 'a' });
    expect(story.find({ id: 'a', ...silenced, revision: 2 })).toEqual([]);
    expect(story.find({ id: 'a', ...silenced, ...muted, revision: 3 })).toEqual(['bot muted a']);
    expect(story.find({ id: 'a', ...taken, ...muted, revision: 4 })).toEqual([]);
  });

  it('shows on a card that is kept up to date, whatever it is', () => {
    const story = onApp();
    story.find({ id: 'a' });
    story.wait(minute);
    expect(story.find({ id: 'a', ...silenced, revision: 2 })).toEqual(['bot handled a']);
    story.wait(minute);
    expect(story.find({ id: 'a', ...silenced, ...muted, revision: 3 })).toEqual(['bot muted a']);
    story.wait(minute);
    expect(story.find({ id: 'a', ...taken, ...muted, revision: 4 })).toEqual(['bot handled a']);
    story.wait(minute);
    expect(story.find({ id: 'a', ...taken, ...muted, ...over })).toEqual(['bot resolved a']);
  });
});

describe('groups of an earlier version', () => {
  it('are read on: one member each, none joins, and messages get new numbers', () => {
    const story = onBot();
    const at = '2026-11-21T00:59:00.000Z';
    const member: GroupMember = {
      incidentId: 'a',
      revision: 4,
      severity: 'warning',
      state: 'open',
      openings: 1,
      concluded: false,
    };
    story.leave({ id: 'bot:a', channel: 'bot', members: [member], createdAt: at, updatedAt: at });
    story.takeOver();
    expect(story.find({ id: 'b' })).toEqual(['bot opened b']);
    expect(story.find({ id: 'a', revision: 5, state: 'resolved' })).toEqual(['bot resolved a']);
    expect(story.messages.map(({ id }) => id)).toEqual(['bot:b:1', 'bot:a:5']);
  });
});
