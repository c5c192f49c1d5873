import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Job, type JobResult, JobState } from '#shared/housekeeping/index.ts';
import { openRuntime } from '#shared/lifecycle/index.ts';
import { AuditEntry, Message } from '#shared/model/index.ts';
import { start } from './main.ts';
import { type Ended, HousekeepingTask } from './task.ts';

const hour = 60 * 60_000;
const begin = Date.parse('2026-11-20T12:00:00Z');
const tonight = Date.parse('2026-11-21T02:00:00Z');
const signal = new AbortController().signal;

/** A task with one job whose next result is as given, and all that it has written. */
function taskOf(results: JobResult[], former: readonly OutRecord[] = []) {
  const runs = vi.fn(async () => results.shift() ?? expect.fail('a run too many'));
  const job: Job = {
    name: 'nightly',
    schedule: { at: '02:00', timeZone: 'UTC' },
    trouble: { 'zh-CN': '夜间维护有问题', en: 'trouble at night' },
    isAudited: true,
    run: runs,
  };
  const ignore = (): void => undefined;
  const observer = { started: ignore, stopped: ignore, ended: ignore, known: ignore, unreadable: ignore };
  const task = new HousekeepingTask({ jobs: [job], operator: 'ops', language: 'en', observer });
  const records: OutRecord[] = [...former];
  for (const { topic: name, key, value } of former)
    if (name === topic.housekeeping)
      task.restore({ key: Buffer.from(String(key)), value: Buffer.from(String(value)) });
  /** One tick, and what its effects lead to. */
  const tick = async (now: number): Promise<void> => {
    const result = task.handle({ kind: 'tick', caughtUp: true }, { now, signal });
    records.push(...result.records);
    for (const effect of result.effects ?? []) {
      const outcome: Ended = await effect(signal);
      records.push(...task.handle({ kind: 'effect', outcome }, { now: now + hour, signal }).records);
    }
  };
  const of = (name: string) =>
    records.filter((record) => record.topic === name).map(({ value }): unknown => JSON.parse(String(value)));
  return {
    runs,
    records,
    tick,
    states: () => of(topic.housekeeping).map((value) => JobState.parse(value)),
    audit: () => of(topic.audit).map((value) => AuditEntry.parse(value)),
    messages: () => of(topic.outbox('ops')).map((value) => Message.parse(value)),
  };
}

describe('the task', () => {
  it('does the job once a night, and keeps what came of it', async () => {
    const { tick, runs, states, audit, messages } = taskOf([{ ok: true, lines: ['snapshot: taken'] }]);
    for (const now of [begin, tonight - 1, tonight, tonight + hour, tonight + 20 * hour]) await tick(now);
    expect(runs).toHaveBeenCalledTimes(1);
    expect(states().at(-1)).toMatchObject({ startedAt: tonight, ok: true, lastOkAt: tonight + hour });
    expect(audit()).toMatchObject([
      { action: 'housekeeping.nightly', via: 'schedule', outcome: 'done', note: 'snapshot: taken' },
    ]);
    expect(messages()).toEqual([]);
  });

  it('tells the operator of trouble, and that it is over, as one matter', async () => {
    const bad = { ok: false, lines: ['snapshot: there is no repository'] };
    const { tick, audit, messages } = taskOf([bad, { ok: true, lines: [] }]);
    for (const now of [begin, tonight, tonight + 24 * hour]) await tick(now);
    expect(audit()).toMatchObject([{ outcome: 'failed', why: bad.lines[0] }, { outcome: 'done' }]);
    const [first, second] = messages();
    expect(first).toMatchObject({ reason: 'opened', finding: { title: 'trouble at night', state: 'open' } });
    expect(second).toMatchObject({
      reason: 'resolved',
      groupId: first?.groupId,
      finding: { state: 'resolved' },
    });
  });

  it('goes on where a former owner was: what it has done is done, what it left unfinished is done again', async () => {
    const before = taskOf([{ ok: true, lines: [] }]);
    await before.tick(begin);
    await before.tick(tonight);
    const done = taskOf([], before.records);
    await done.tick(tonight + 2 * hour);
    expect(done.runs).not.toHaveBeenCalled();

    const unfinished = taskOf([{ ok: true, lines: [] }], before.records.slice(0, 2));
    await unfinished.tick(tonight + 2 * hour);
    expect(unfinished.states().at(-1)).toMatchObject({ attempts: 2, ok: true });
  });

  it('counts what throws as trouble', async () => {
    const { tick, runs, states } = taskOf([]);
    runs.mockRejectedValue(new Error('Elasticsearch does not answer'));
    await tick(begin);
    await tick(tonight);
    expect(states().at(-1)).toMatchObject({ ok: false, lines: ['Elasticsearch does not answer'] });
  });
});

describe('the service, on the embedded bus', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'logpatrol-housekeeping-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('makes a missed night up for after a restart, and leaves a snapshot', async () => {
    const snapshots = join(root, 'snapshots');
    const config = ConfigSchema.parse({
      dataDir: join(root, 'data'),
      housekeeping: { timeZone: 'UTC' },
      snapshots: { folder: snapshots },
    });
    const logger = pino({ level: 'silent' });
    const runtime = await openRuntime(config, { logger, name: 'test' });
    const since = Date.now() - 72 * hour;
    const was: JobState = { job: 'nightly', since, startedAt: since, endedAt: since, attempts: 1, lines: [] };
    const writer = await runtime.bus.writer('test');
    await writer.write([
      { topic: topic.housekeeping, partition: 0, key: was.job, value: JSON.stringify(was) },
    ]);
    await writer.close();
    const service = await start(runtime);
    const states: JobState[] = [];
    await vi.waitUntil(
      async () => {
        states.length = 0;
        for await (const { value } of runtime.bus.read(topic.housekeeping))
          states.push(JobState.parse(JSON.parse(String(value))));
        return (states.at(-1)?.endedAt ?? 0) > since;
      },
      { timeout: 30_000, interval: 100 },
    );
    await service.stop();
    await runtime.close();
    expect(states.at(-1)).toMatchObject({ job: 'nightly', attempts: 1 });
    expect(states.at(-1)?.lines).toContainEqual(expect.stringMatching(/^snapshot: logpatrol-.* sound$/));
    expect(await readdir(snapshots)).toHaveLength(1);
  });
});
