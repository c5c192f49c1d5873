import { describe, expect, it } from 'vitest';
import type { Finding, Preference } from '#shared/model/index.ts';
import { begin, minute, Story, second } from './testing/story.ts';

const config = {
  channels: Object.fromEntries(
    ['first', 'also', 'boss', 'fang', 'spare'].map((name) => [name, { type: 'console' }]),
  ),
  people: {
    fang: { name: '王芳', feishu: 'ou_fang', channel: 'fang' },
    li: { name: '李雷', from: 'critical' },
    root: { name: 'Root', from: 'info' },
  },
  teams: { dba: { members: ['fang', 'li'] } },
  routing: {
    channel: 'first',
    also: ['also'],
    fallback: ['spare'],
    tell: ['dba'],
    escalate: [
      { afterMinutes: 30, channels: ['boss'] },
      { afterMinutes: 15, tell: ['root'], channels: ['boss'] },
    ],
  },
};
const by = { id: 'fang', name: '王芳' };
const at = new Date(begin).toISOString();
const taken: Partial<Finding> = {
  state: 'acknowledged',
  acknowledged: { by, at },
  history: [{ id: 'h1', at, action: 'acknowledge', by }],
};
const over: Partial<Finding> = { state: 'resolved', revision: 9 };
const muted: Partial<Finding> = { muted: { control: 'c1', kind: 'silence', by: 'ana' } };
const quietMinutes = (story: Story, minutes: number) => story.wait(minutes * minute, 10 * second);

describe('who is told', () => {
  it('is the first channel, with those whom it calls; the others; and people on channels of their own', () => {
    const story = new Story({ config });
    expect(story.find({ id: 'a' })).toEqual(['first opened a', 'also opened a', 'fang opened a']);
    expect(story.messages.map(({ channel, mentions, fallback }) => [channel, mentions, fallback])).toEqual([
      ['first', [{ name: '王芳', feishu: 'ou_fang' }], ['spare']],
      ['also', undefined, ['spare']],
      ['fang', undefined, undefined],
    ]);
    expect(story.find({ id: 'b', severity: 'critical' }).length).toBe(3);
    expect(story.messages[3]?.mentions?.map(({ name }) => name)).toEqual(['王芳', '李雷']);
    // A note calls nobody.
    expect(story.find({ id: 'a', ...over }).length).toBe(3);
    expect(story.messages.at(-3)?.mentions).toBeUndefined();
  });

  it('is as people prefer, at once', () => {
    const story = new Story({ config });
    const said = (who: string, over: Partial<Preference>): Preference => ({
      ...{ kind: 'preference', who, tell: true, by: who, createdAt: at },
      ...over,
    });
    story.preferences.set('li', said('li', { from: 'warning' }));
    story.preferences.set('fang', said('fang', { from: 'critical' }));
    expect(story.find({ id: 'a' })).toEqual(['first opened a', 'also opened a']);
    expect(story.messages[0]?.mentions?.map(({ name }) => name)).toEqual(['李雷']);
    // It has become what she wants to be told of.
    expect(story.find({ id: 'a', revision: 2, severity: 'critical' })).toEqual([
      'first escalated a',
      'also escalated a',
      'fang opened a',
    ]);
    story.preferences.set('fang', said('fang', { tell: false }));
    expect(story.find({ id: 'a', ...over })).toEqual(['first resolved a', 'also resolved a']);
  });

  it('goes on being told, whatever the hour', () => {
    const day = { days: ['sat'], from: '00:00', to: '01:30', timeZone: 'UTC' };
    const routes = [{ name: 'night', when: { times: [day] }, channel: 'boss', also: [], tell: [] }];
    const story = new Story({ config: { ...config, routing: { ...config.routing, escalate: [], routes } } });
    expect(story.find({ id: 'a' })).toEqual(['boss opened a']);
    quietMinutes(story, 45);
    expect(story.find({ id: 'b' })).toEqual(['first opened b', 'also opened b', 'fang opened b']);
    expect(story.find({ id: 'a', revision: 2, count: 9 })).toEqual([]);
    expect(story.find({ id: 'a', ...over })).toEqual(['boss resolved a']);
  });
});

describe('what nobody takes on', () => {
  it('is told to more and more people, in time, over a takeover, and once each', () => {
    const story = new Story({ config });
    story.find({ id: 'a' });
    expect(quietMinutes(story, 14)).toEqual([]);
    story.takeOver();
    expect(quietMinutes(story, 1)).toEqual(['first unacknowledged a', 'boss unacknowledged a']);
    const [toFirst, toBoss] = story.messages.slice(-2);
    expect(toFirst?.mentions?.map(({ name }) => name)).toEqual(['王芳', 'Root']);
    expect(toBoss).toMatchObject({ id: 'boss:a:1', mentions: [{ name: 'Root' }] });
    story.takeOver();
    expect(quietMinutes(story, 15)).toEqual(['first unacknowledged a', 'boss unacknowledged a']);
    expect(quietMinutes(story, 60)).toEqual([]);
    expect(story.find({ id: 'a', ...over })).toEqual([
      'first resolved a',
      'also resolved a',
      'boss resolved a',
      'fang resolved a',
    ]);
  });

  it('is one message for all that is on the card', () => {
    const story = new Story({ config: { ...config, routing: { ...config.routing, also: [], tell: [] } } });
    story.find({ id: 'a' }, { id: 'b' });
    expect(quietMinutes(story, 15)).toEqual([
      'first joined a +1',
      'first unacknowledged a +1',
      'boss unacknowledged a +1',
    ]);
  });

  it.each([
    ['taken on', taken],
    ['over', over],
  ])('is let be once it is %s, and begins anew when it is reopened', (_name, change) => {
    const story = new Story({ config });
    story.find({ id: 'a' });
    quietMinutes(story, 10);
    story.find({ id: 'a', revision: 2, ...change });
    expect(quietMinutes(story, 60)).toEqual([]);
    story.find({ id: 'a', revision: 10, openings: 2 });
    expect(quietMinutes(story, 14)).toEqual([]);
    expect(quietMinutes(story, 1)).toEqual(['first unacknowledged a', 'boss unacknowledged a']);
  });

  it('is taken on with the card that it is on; not what joins later, nor the card with one that joined', () => {
    const story = new Story({ config: { ...config, routing: { ...config.routing, also: [], tell: [] } } });
    story.find({ id: 'a' }, { id: 'b' });
    story.find({ id: 'a', revision: 2, ...taken });
    story.find({ id: 'c' });
    expect(quietMinutes(story, 16).filter((said) => said.includes('unack'))).toEqual([
      'first unacknowledged c +2',
      'boss unacknowledged c',
    ]);
    const other = new Story({ config: { ...config, routing: { ...config.routing, also: [], tell: [] } } });
    other.find({ id: 'a' }, { id: 'b' });
    other.find({ id: 'b', revision: 2, ...taken });
    expect(quietMinutes(other, 16).filter((said) => said.includes('boss'))).toEqual([
      'boss unacknowledged a',
    ]);
  });

  it('waits while it is muted, and until all is read', () => {
    const story = new Story({ config });
    story.find({ id: 'a' });
    story.find({ id: 'a', revision: 2, ...muted });
    expect(quietMinutes(story, 20)).toEqual([]);
    story.find({ id: 'a', revision: 3 });
    expect(story.tick(false)).toEqual([]);
    expect(story.tick()).toEqual(['first unacknowledged a', 'boss unacknowledged a']);
  });
});
