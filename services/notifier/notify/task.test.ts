import { describe, expect, it } from 'vitest';
import type { BusRecord, OutRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Finding, Group, Message } from '#shared/model/index.ts';
import { sampleFinding } from '../testing/sample.ts';
import { NotifyTask } from './task.ts';

const config = ConfigSchema.parse({
  channels: {
    console: { type: 'console' },
    oncall: { type: 'feishu', webhook: 'http://127.0.0.1:1/hook' },
  },
  routes: { app: {}, syslog: { channels: ['oncall'] }, quiet: { channels: [] } },
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
  new NotifyTask({ config, onMessage: () => {}, onUnreadable: (why) => unreadable.push(why) }, 3);
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
      { topic: 'outbox.console', partition: 0, key: '0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'groups', partition: 3, key: 'console:0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'outbox.oncall', partition: 0, key: '0-a1b2c3d4e5f60718-m3k9x2p0' },
      { topic: 'groups', partition: 3, key: 'oncall:0-a1b2c3d4e5f60718-m3k9x2p0' },
    ]);
    expect(messages(records).map(({ id, reason }) => [id, reason])).toEqual([
      ['console:0-a1b2c3d4e5f60718-m3k9x2p0:1', 'opened'],
      ['oncall:0-a1b2c3d4e5f60718-m3k9x2p0:1', 'opened'],
    ]);
    Group.parse(JSON.parse(String(records[1]?.value)));
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
    const conclusion = {
      summary: 's',
      cause: 'c',
      evidence: ['e40'],
      actions: [],
      severity: 'critical' as const,
      confidence: 1,
      model: 'm',
      durationMs: 1,
      promptTokens: 1,
      outputTokens: 1,
    };
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
