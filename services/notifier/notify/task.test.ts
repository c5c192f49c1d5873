import { describe, expect, it } from 'vitest';
import type { BusRecord, OutRecord, StageResult } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Finding, Group, Message } from '#shared/model/index.ts';
import { sampleConclusion, sampleFinding } from '../testing/sample.ts';
import { NotifyTask } from './task.ts';

const config = ConfigSchema.parse({
  channels: {
    console: { type: 'console' },
    oncall: { type: 'feishu', webhook: 'http://127.0.0.1:1/hook' },
  },
  routes: { app: {}, syslog: { channels: ['oncall'] }, quiet: { channels: [] } },
  // Each has its own card; what shares one is in grouping.test.ts.
  routing: { groupBy: [] },
});
const now = Date.parse('2026-11-21T01:00:02.000Z');
const day = 86_400_000;

function record(value: string | null, offset = 0, topic = 'findings', key = 'k'): BusRecord {
  return {
    topic,
    partition: 3,
    offset,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: {},
    timestamp: now,
  };
}

const unreadable: string[] = [];
const task = () =>
  new NotifyTask(
    {
      config,
      canUpdate: () => false,
      preferences: () => new Map(),
      onMessage: () => {},
      onUntold: () => {},
      onUnreadable: (why) => unreadable.push(why),
    },
    3,
  );
const signal = new AbortController().signal;

function handle(notify: NotifyTask, findings: readonly (Partial<Finding> | string | null)[], at = now) {
  const records = findings.map((each, index) =>
    record(
      typeof each === 'string' || each === null ? each : JSON.stringify(sampleFinding(each)),
      10 + index,
    ),
  );
  return notify.handle({ kind: 'batch', records, caughtUp: true }, { now: at, signal });
}

const messages = (records: readonly OutRecord[]) =>
  records
    .filter(({ topic }) => topic.startsWith('outbox.'))
    .map(({ value }) => Message.parse(JSON.parse(String(value))));

describe('notify', () => {
  it('tells every channel of a type without channels of its own, and keeps a group for each', () => {
    const { records, covers } = handle(task(), [{}]);
    expect(covers).toBe(11);
    expect(records.map(({ topic, partition, key }) => ({ topic, partition, key }))).toEqual([
      { topic: 'outbox.console', partition: 0, key: 'console:0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'outbox.oncall', partition: 0, key: 'oncall:0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'groups', partition: 3, key: 'console:0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'groups', partition: 3, key: 'oncall:0-a1b2c3d4e5f60718-m3k9x2p0' },
    ]);
    expect(messages(records).map(({ id, reason }) => [id, reason])).toEqual([
      ['console:0-a1b2c3d4e5f60718-m3k9x2p0:1', 'opened'],
      ['oncall:0-a1b2c3d4e5f60718-m3k9x2p0:1', 'opened'],
    ]);
    Group.parse(JSON.parse(String(records[2]?.value)));
  });

  it('follows the route of the type', () => {
    expect(messages(handle(task(), [{ type: 'syslog' }]).records).map(({ channel }) => channel)).toEqual([
      'oncall',
    ]);
    expect(handle(task(), [{ type: 'quiet' }])).toEqual({ records: [], covers: 11 });
    expect(messages(handle(task(), [{ type: 'no-longer-there' }]).records)).toHaveLength(2);
  });

  it('makes the same of the same findings, whoever reads them', () => {
    expect(handle(task(), [{}, { revision: 2, severity: 'critical' }])).toEqual(
      handle(task(), [{}, { revision: 2, severity: 'critical' }]),
    );
  });

  it('remembers across a takeover what was told', () => {
    const first = handle(task(), [{ type: 'syslog' }]).records;
    const successor = task();
    for (const each of first.filter(({ topic }) => topic === 'groups'))
      successor.restore(record(String(each.value), 0, 'groups', each.key ?? ''));
    expect(handle(successor, [{ type: 'syslog' }]).records).toEqual([]);
    const { records } = handle(successor, [{ type: 'syslog', revision: 2, state: 'resolved' }]);
    expect(messages(records).map(({ reason }) => reason)).toEqual(['resolved']);
  });

  it('puts what is no finding into the dead letters, and goes on', () => {
    const { records, covers } = handle(task(), ['{', '{"id":7}', null, { type: 'syslog' }]);
    expect(covers).toBe(14);
    expect(records.map(({ topic, partition }) => [topic, partition])).toEqual([
      ['dlq.findings', 3],
      ['dlq.findings', 3],
      ['outbox.oncall', 0],
      ['groups', 3],
    ]);
    expect(unreadable).toHaveLength(2);
    expect(records[1]?.headers).toMatchObject({ 'logpatrol-stage': 'notify', 'logpatrol-offset': '11' });
  });

  it('keeps messages small, the cited line first', () => {
    const exemplars = Array.from({ length: 50 }, (_, index) => ({
      id: `e${index}`,
      timestamp: '2026-11-21T01:00:00.000Z',
      host: 'h',
      text: 'x'.repeat(8000),
      before: Array.from({ length: 100 }, () => 'y'.repeat(8000)),
    }));
    const conclusion = sampleConclusion({ evidence: [{ id: 'e40', text: 'x' }] });
    const { records } = handle(task(), [{ type: 'syslog', exemplars, conclusion }]);
    expect(String(records[0]?.value).length).toBeLessThan(20_000);
    expect(messages(records)[0]?.finding.exemplars[0]?.id).toBe('e40');
  });

  it('forgets a group some days after its incident can be reopened, and an open one never', () => {
    const notify = task();
    handle(notify, [
      { type: 'syslog' },
      { type: 'syslog', revision: 2, state: 'resolved' },
      { type: 'syslog', id: 'open' },
    ]);
    const tick = (at: number) => notify.handle({ kind: 'tick', caughtUp: true }, { now: at, signal }).records;
    expect(tick(now + 3 * day)).toEqual([]);
    expect(tick(now + 5 * day)).toEqual([
      { topic: 'groups', partition: 3, key: 'oncall:0-a1b2c3d4e5f60718-m3k9x2p0', value: null },
    ]);
    expect(tick(now + 500 * day)).toEqual([]);
  });
});

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A notifier that is told findings of the one channel, in time. */
function channelStory() {
  let notify = task();
  let offset = 0;
  let covered = 0;
  const state = new Map<string, string>();
  const note = (records: readonly OutRecord[], covers: number | undefined) => {
    covered = covers ?? covered;
    for (const { topic, key, value } of records)
      if (topic === 'groups')
        if (value === null) state.delete(key ?? '');
        else state.set(key ?? '', String(value));
    return messages(records).map(({ reason, finding, heldBack }) =>
      [reason, finding.id, ...(heldBack ? [`+${heldBack.count}`] : [])].join(' '),
    );
  };
  return {
    find: (over: Partial<Finding>, at = now): string[] => {
      const value = JSON.stringify(sampleFinding({ type: 'syslog', severity: 'warning', ...over }));
      const input = { kind: 'batch' as const, records: [record(value, offset++)], caughtUp: true };
      const result = notify.handle(input, { now: at, signal });
      return note(result.records, result.covers);
    },
    tick: (at: number): string[] => {
      const result = notify.handle({ kind: 'tick', caughtUp: true }, { now: at, signal });
      return note(result.records, result.covers);
    },
    takeOver: () => {
      notify = task();
      for (const [key, value] of state) notify.restore(record(value, 0, 'groups', key));
    },
    keys: () => [...state.keys()],
    /** What a successor would read again. */
    uncovered: () => offset - covered,
  };
}

describe('at most so many cards of a rule', () => {
  const atMost = { count: 2, windowMs: hour };

  it('holds back what is beyond, over a takeover, and the next card tells how many', () => {
    const story = channelStory();
    expect(story.find({ id: 'a', atMost })).toEqual(['opened a']);
    expect(story.find({ id: 'b', atMost }, now + minute)).toEqual(['opened b']);
    expect(story.find({ id: 'c', atMost }, now + 2 * minute)).toEqual([]);
    story.takeOver();
    expect(story.find({ id: 'd', atMost }, now + 3 * minute)).toEqual([]);
    expect(story.find({ id: 'a', atMost, revision: 2, state: 'resolved' }, now + 4 * minute)).toEqual([
      'resolved a +2',
    ]);
    expect(story.find({ id: 'a', atMost, revision: 3, openings: 2 }, now + 5 * minute)).toEqual([]);
    expect(story.find({ id: 'other', rule: 'other', atMost }, now + 5 * minute)).toEqual(['opened other']);
    // Only the first has left the window.
    expect(story.find({ id: 'e', atMost }, now + hour)).toEqual(['opened e +1']);
    expect(story.find({ id: 'f', atMost }, now + hour + second)).toEqual([]);
  });

  it('does not tell later what was held back, nor its end; but lets it through where it becomes critical', () => {
    const story = channelStory();
    for (const id of ['a', 'b', 'c', 'd']) story.find({ id, atMost });
    const later = now + 2 * hour;
    expect(story.find({ id: 'c', atMost, revision: 2, count: 99 }, later)).toEqual([]);
    expect(story.find({ id: 'c', atMost, revision: 3, state: 'resolved' }, later)).toEqual([]);
    expect(story.find({ id: 'd', atMost, revision: 2, severity: 'critical' })).toEqual(['opened d +2']);
    expect(story.find({ id: 'a', atMost, revision: 2, severity: 'critical' })).toEqual(['escalated a']);
    expect(story.find({ id: 'c', atMost, revision: 4, openings: 2 }, later)).toEqual(['reopened c']);
  });

  it('is never for what a rule pins', () => {
    const story = channelStory();
    for (const id of ['a', 'b', 'c'])
      expect(story.find({ id, atMost, pinned: true })).toEqual([`opened ${id}`]);
  });

  it('is forgotten when its window is over and nothing is left to tell', () => {
    const story = channelStory();
    story.find({ id: 'a', atMost });
    const key = 'at-most/oncall/connection-refused';
    expect(story.keys()).toContain(key);
    story.tick(now + hour - 1);
    expect(story.keys()).toContain(key);
    story.tick(now + hour + minute);
    expect(story.keys()).toEqual(['oncall:a']);
    for (const id of ['b', 'c', 'd']) story.find({ id, atMost });
    story.tick(now + 2 * day);
    expect(story.keys()).toContain(key);
    story.tick(now + 8 * day);
    expect(story.keys()).not.toContain(key);
  });
});

describe('incidents that belong together', () => {
  const causedBy = { id: 'db', service: 'mysql', title: 'down' };
  const dependants = [{ id: 'shop', service: 'shop', title: 'cannot connect' }];

  it('are told on the card of their cause, once in a while', () => {
    const story = channelStory();
    expect(story.find({ id: 'db' })).toEqual(['opened db']);
    expect(story.find({ id: 'shop', causedBy }, now + second)).toEqual([]);
    expect(story.find({ id: 'db', revision: 2, dependants, dependantCount: 1 }, now + second)).toEqual([]);
    expect(story.find({ id: 'db', revision: 3, dependants, dependantCount: 4 }, now + 20 * second)).toEqual(
      [],
    );
    expect(story.uncovered()).toBe(1);
    expect(story.tick(now + 29 * second)).toEqual([]);
    expect(story.tick(now + 30 * second)).toEqual(['affected db']);
    expect(story.uncovered()).toBe(0);
    expect(story.find({ id: 'db', revision: 4, dependants, dependantCount: 5 }, now + minute)).toEqual([]);
    expect(story.find({ id: 'db', revision: 5, dependants, dependantCount: 9 }, now + 2 * minute)).toEqual(
      [],
    );
    expect(story.tick(now + 10 * minute)).toEqual([]);
    expect(story.tick(now + 10 * minute + 30 * second)).toEqual(['affected db']);
    expect(story.find({ id: 'db', revision: 6, state: 'resolved' }, now + 11 * minute)).toEqual([
      'resolved db',
    ]);
    expect(story.find({ id: 'shop', causedBy, revision: 2, count: 9 }, now + 11 * minute)).toEqual([]);
    expect(story.tick(now + 12 * minute)).toEqual([]);
    expect(story.find({ id: 'shop', revision: 3 }, now + 13 * minute)).toEqual(['opened shop']);
  });

  it('are told on their own where their cause is not, after a little; and not where it is by then', () => {
    const story = channelStory();
    expect(story.find({ id: 'shop', causedBy })).toEqual([]);
    expect(story.find({ id: 'cart', causedBy }, now + 10 * second)).toEqual([]);
    expect(story.uncovered()).toBe(2);
    expect(story.tick(now + 15 * second)).toEqual(['opened shop']);
    expect(story.uncovered()).toBe(1);
    expect(story.find({ id: 'db' }, now + 20 * second)).toEqual(['opened db']);
    expect(story.tick(now + 25 * second)).toEqual([]);
    expect(story.uncovered()).toBe(0);
  });

  it('wait in the input: a successor reads them again', () => {
    const story = channelStory();
    story.find({ id: 'shop', causedBy });
    story.takeOver();
    expect(story.uncovered()).toBe(1);
    expect(story.find({ id: 'shop', causedBy })).toEqual([]);
    expect(story.tick(now + 15 * second)).toEqual(['opened shop']);
  });

  it('keep dead letters behind them until they are covered', () => {
    const notify = task();
    const topics = (result: StageResult<never>) => result.records.map(({ topic }) => topic);
    const first = handle(notify, [{ type: 'syslog', causedBy }, '{']);
    expect(first).toEqual({ records: [], covers: 10 });
    const due = { now: now + 15 * second, signal };
    const last = notify.handle({ kind: 'tick', caughtUp: true }, due);
    expect(topics(last)).toEqual(['dlq.findings', 'outbox.oncall', 'groups']);
    expect(last.covers).toBe(12);
  });
});
