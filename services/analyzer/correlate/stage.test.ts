import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { BusRecord, OutRecord, StageResult, StageTask } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Incident, type Signal } from '#shared/model/index.ts';
import { sampleHit, sampleTime } from '#test/samples/hit.ts';
import { correlateStage } from './stage.ts';

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

  it('shows how many incidents are open', async () => {
    const metrics = new Registry();
    const task = correlateStage({ config, metrics }).task(2);
    await batch(task, [signalRecord(0, sampleHit()), signalRecord(1, sampleHit({ fingerprint: 'ff' }))], 0);
    await tick(task, sampleTime);
    expect(await metrics.metrics()).toContain('logpatrol_incidents_open{domain="pay"} 2');
  });
});
