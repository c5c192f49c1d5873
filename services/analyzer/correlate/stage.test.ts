import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { BusRecord, OutRecord, StageResult, StageTask } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Incident, type Signal } from '#shared/model/index.ts';
import { sampleHit, sampleTime } from '#test/samples/hit.ts';
import type { HitSourceKind } from './hit-source.ts';
import { correlateStage } from './stage.ts';
import { actionOf, clearOf } from './testing/subject.ts';

const config = ConfigSchema.parse({
  domains: [
    { name: 'pay', partition: 2, services: ['pay'] },
    { name: 'default', partition: 0 },
  ],
});
const signal = new AbortController().signal;

function record(offset: number, value: Buffer | string | null, key = 'k', topic = 'signals'): BusRecord {
  return {
    topic,
    partition: 2,
    offset,
    key: Buffer.from(key),
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: {},
    timestamp: sampleTime,
  };
}

async function batch(task: StageTask, records: BusRecord[], now: number): Promise<StageResult<never>> {
  return await task.handle({ kind: 'batch', records, caughtUp: true }, { now, signal });
}

async function tick(task: StageTask, now: number): Promise<StageResult<never>> {
  return await task.handle({ kind: 'tick', caughtUp: true }, { now, signal });
}

const signalRecord = (offset: number, hit: Signal) => record(offset, JSON.stringify(hit));

function incidentsOf(records: readonly OutRecord[]): Incident[] {
  return records
    .filter((one) => one.topic === 'incidents' && one.value !== null)
    .map((one) => Incident.parse(JSON.parse(String(one.value))));
}

describe('correlateStage', () => {
  it('tells of a new incident at once, and of mere counts once a second, with what they cover', async () => {
    const task = correlateStage({ config }).task(2);
    const opened = await batch(task, [signalRecord(7, sampleHit())], sampleTime);
    expect(opened.covers).toBe(8);
    expect(incidentsOf(opened.records)).toMatchObject([{ count: 1, domain: 'pay', revision: 1 }]);
    expect(opened.records[0]).toMatchObject({ partition: 2, key: incidentsOf(opened.records)[0]?.id });

    expect(await batch(task, [signalRecord(8, sampleHit())], sampleTime + 300)).toEqual({ records: [] });
    expect(await batch(task, [signalRecord(9, sampleHit())], sampleTime + 600)).toEqual({ records: [] });
    expect(await tick(task, sampleTime + 900)).toEqual({ records: [] });
    const counted = await tick(task, sampleTime + 1900);
    expect(counted.covers).toBe(10);
    expect(incidentsOf(counted.records)).toMatchObject([{ count: 3, revision: 2, materialRevision: 1 }]);
    expect(await tick(task, sampleTime + 5000)).toEqual({ records: [] });
  });

  it('tells at once what a person did, counts it, and passes over what it is of no incident', async () => {
    const metrics = new Registry();
    const task = correlateStage({ config, metrics }).task(2);
    const opened = await batch(task, [signalRecord(0, sampleHit())], sampleTime);
    const [incident] = incidentsOf(opened.records);
    if (incident === undefined) throw new Error('no incident');
    const acknowledge = actionOf('acknowledge', 100, { incidentId: incident.id });
    await batch(task, [signalRecord(1, sampleHit())], sampleTime + 100);
    const told = await batch(task, [signalRecord(2, acknowledge)], sampleTime + 200);
    expect(told.covers).toBe(3);
    expect(incidentsOf(told.records)).toMatchObject([
      { id: incident.id, state: 'acknowledged', count: 2, revision: 2, materialRevision: 1 },
    ]);
    const elsewhere = actionOf('resolve', 100, { incidentId: '2-elsewhere-1' });
    const passedOver = [signalRecord(3, acknowledge), signalRecord(4, elsewhere)];
    expect(await batch(task, passedOver, sampleTime + 300)).toEqual({ records: [] });
    expect((await tick(task, sampleTime + 2000)).covers).toBe(5);
    const counted = await metrics.getSingleMetric('logpatrol_incident_actions_total')?.get();
    expect(counted?.values.map(({ labels, value }) => [labels.action, labels.outcome, value])).toEqual([
      ['acknowledge', 'done', 1],
      ['acknowledge', 'repeated', 1],
      ['resolve', 'unknown', 1],
    ]);
  });

  it('counts exactly when a successor replays what was not covered', async () => {
    const stage = correlateStage({ config });
    const first = stage.task(2);
    const opened = await batch(first, [signalRecord(0, sampleHit())], sampleTime);
    await batch(first, [signalRecord(1, sampleHit()), signalRecord(2, sampleHit())], sampleTime + 100);

    const second = stage.task(2);
    for (const [offset, one] of opened.records.entries())
      second.restore?.(record(offset, one.value, one.key ?? '', 'incidents'));
    const from = opened.covers ?? 0;
    const told = await batch(
      second,
      [signalRecord(from, sampleHit()), signalRecord(from + 1, sampleHit())],
      sampleTime + 3000,
    );
    expect(incidentsOf(told.records)).toMatchObject([
      { id: incidentsOf(opened.records)[0]?.id, count: 3, revision: 2 },
    ]);
    expect(told.covers).toBe(3);
  });

  it('dead-letters what is no signal, together with the offset that covers it', async () => {
    const task = correlateStage({ config }).task(2);
    const result = await batch(
      task,
      [
        record(3, 'not json'),
        record(4, '{"kind":"nonsense"}'),
        record(5, null),
        signalRecord(6, sampleHit()),
      ],
      sampleTime,
    );
    expect(result.covers).toBe(7);
    const dead = result.records.filter((one) => one.topic === 'dlq.signals');
    expect(dead.map((one) => one.headers?.['logpatrol-offset'])).toEqual(['3', '4', '5']);
    expect(dead[0]?.headers?.['logpatrol-error']).toMatch(/not JSON/);
    expect(incidentsOf(result.records)).toHaveLength(1);
  });

  it('resolves on a tick and ends with a tombstone, which a successor honours', async () => {
    const stage = correlateStage({
      config: { ...config, incidents: { ...config.incidents, quietMinutes: 0.05, reopenHours: 0 } },
    });
    const task = stage.task(2);
    await batch(task, [signalRecord(0, sampleHit())], sampleTime);
    const told: OutRecord[] = [];
    for (let second = 1; second <= 6; second++)
      told.push(...(await tick(task, sampleTime + second * 1000)).records);
    expect(incidentsOf(told)).toMatchObject([{ state: 'resolved', resolvedBy: 'quiet' }]);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ topic: 'incidents', key: told[0]?.key, value: null, partition: 2 });

    const successor = stage.task(2);
    for (const [offset, one] of told.entries())
      successor.restore?.(record(offset, one.value, one.key ?? '', 'incidents'));
    const next = await batch(successor, [signalRecord(1, sampleHit({ at: sampleTime + 9000 }))], sampleTime);
    expect(incidentsOf(next.records)).toMatchObject([{ count: 1, revision: 1 }]);
  });

  it('goes on where a state record cannot be read, and says so', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line) => lines.push(line) });
    const task = correlateStage({ config, logger }).task(2);
    task.restore?.(record(5, '{"id":"x"}', 'x', 'incidents'));
    expect(lines.join('')).toContain('unreadable incident state');
    const result = await batch(task, [signalRecord(0, sampleHit())], sampleTime);
    expect(incidentsOf(result.records)).toHaveLength(1);
  });

  it('shows how many incidents are open, pending, muted', async () => {
    const metrics = new Registry();
    const muted = { control: 'c', kind: 'feedback', by: 'li' } as const;
    const judge = ({ fingerprint }: { fingerprint: string }) => (fingerprint === 'ff' ? muted : undefined);
    const task = correlateStage({ config, metrics, judge }).task(2);
    const threshold = { count: 2, windowMs: 60_000 };
    const hits = [sampleHit(), sampleHit({ fingerprint: 'ff' }), sampleHit({ fingerprint: 'aa', threshold })];
    await batch(
      task,
      hits.map((hit, offset) => signalRecord(offset, hit)),
      sampleTime,
    );
    await tick(task, sampleTime);
    const shown = await metrics.metrics();
    for (const [state, count] of Object.entries({ open: 2, pending: 1, muted: 1, flapping: 0 }))
      expect(shown).toContain(`logpatrol_incidents_${state}{domain="pay"} ${count}`);
  });

  it('publishes what is pending once a second, with the offset that it covers, and what a clear ends at once', async () => {
    const task = correlateStage({ config }).task(2);
    await batch(task, [signalRecord(0, sampleHit())], sampleTime);
    const pending = sampleHit({ fingerprint: 'aa', unlessWithinMs: 60_000 });
    expect(await batch(task, [signalRecord(1, pending)], sampleTime + 100)).toEqual({ records: [] });
    const told = await tick(task, sampleTime + 1100);
    expect(told.covers).toBe(2);
    expect(incidentsOf(told.records)).toMatchObject([{ state: 'pending', count: 0, revision: 1 }]);

    const clear = clearOf('resolved-by', { 'db-1': 5000 });
    const ended = await batch(task, [signalRecord(2, clear)], sampleTime + 1200);
    expect(ended.covers).toBe(3);
    expect(incidentsOf(ended.records)).toMatchObject([{ state: 'resolved', resolvedBy: 'line' }]);
  });

  it('carries other sources of hits within its transactions', async () => {
    const kept: string[] = [];
    const source: HitSourceKind = {
      state: ['baselines'],
      open: (partition, domain) => ({
        restore: ({ topic }) => void kept.push(topic),
        take: (signal) =>
          signal.kind === 'counts'
            ? [sampleHit({ fingerprint: 'spike', rule: 'rates.spike', hosts: [] })]
            : [],
        tick: () => [clearOf('resolved-by', {}, { rule: 'rates.spike' })],
        label: () => ({ id: 't1', text: 'too many <*>' }),
        isKnownGood: ({ template }) => template === 't1',
        records: () => [{ topic: 'baselines', key: domain, value: 'state', partition }],
      }),
    };
    const stage = correlateStage({ config, sources: [source] });
    expect(stage.state).toEqual(['incidents', 'baselines']);
    const task = stage.task(2);
    task.restore?.(record(1, '{}', 'pay', 'baselines'));
    expect(kept).toEqual(['baselines']);

    const counts: Signal = {
      kind: 'counts',
      id: 'c',
      domain: 'pay',
      type: 'app',
      arrivedAt: new Date(sampleTime).toISOString(),
      sampling: 1,
      otherCount: 0,
      entries: [],
    };
    const told = await batch(task, [signalRecord(0, counts), signalRecord(1, sampleHit())], sampleTime);
    expect(told.covers).toBe(2);
    expect(incidentsOf(told.records)).toMatchObject([
      { rule: 'rates.spike', state: 'open', knownGood: true },
      { rule: 'database.too-many-connections', template: { id: 't1' } },
    ]);
    expect(told.records.at(-1)).toEqual({ topic: 'baselines', key: 'pay', value: 'state', partition: 2 });
    const ended = await tick(task, sampleTime + 1000);
    expect(incidentsOf(ended.records)).toMatchObject([{ rule: 'rates.spike', state: 'resolved' }]);
  });
});
