import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutRecord, StageTask } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Signal } from '#shared/model/index.ts';
import { logId } from '#shared/text/log-id.ts';
import { createDetector, loadRules } from '../../detect/index.ts';
import type { ArrivedEvent } from './fold.ts';
import { hardwareEventsStage } from './stage.ts';
import { HostEvents } from './state.ts';
import { config, eventOf, midnight, rules, said } from './testing/bmc.ts';

const minute = 60_000;
const signal = new AbortController().signal;

function recordOf(value: unknown, offset: number, timestamp = midnight) {
  return {
    ...{ topic: 'logs.ipmi', partition: 2, offset, key: null, headers: {}, timestamp },
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  };
}

function stateRecord({ key, value }: OutRecord) {
  return {
    ...{ topic: 'hardware.events', partition: 2, offset: 0, headers: {}, timestamp: 0 },
    key: Buffer.from(key ?? ''),
    value: value === null ? null : Buffer.from(value),
  };
}

async function batch(task: StageTask, events: readonly ArrivedEvent[], now: number) {
  const records = events.map(({ event }, index) => recordOf(event, index, now));
  return task.handle({ kind: 'batch', caughtUp: false, records }, { now, signal });
}

async function ticks(task: StageTask, from: number, to: number): Promise<OutRecord[]> {
  const out: OutRecord[] = [];
  for (let now = from; now <= to; now += 5000)
    out.push(...(await task.handle({ kind: 'tick', caughtUp: true }, { now, signal })).records);
  return out;
}

const heard = (records: readonly OutRecord[]) =>
  records
    .filter(({ topic }) => topic === 'signals')
    .map(({ value }) => Signal.parse(JSON.parse(String(value))))
    .map((one) => `${one.kind} ${'rule' in one ? one.rule : ''}`);

describe('hardwareEventsStage', () => {
  it('gives the signals, the state of the machine and the offset in one', async () => {
    const stage = hardwareEventsStage({ config, rules });
    expect(stage).toMatchObject({ input: 'logs.ipmi', start: 'committed', state: ['hardware.events'] });
    const events = [
      eventOf(said.tooHot, { at: midnight, record: 1 }),
      eventOf(said.hot, { at: midnight, record: 2, host: 'db-2' }),
    ];
    const { records, covers } = await batch(stage.task(2), events, midnight + minute);
    expect(covers).toBe(2);
    expect(records.map(({ topic, partition, key }) => [topic, partition, key])).toEqual([
      ['signals', 0, expect.any(String)],
      ['hardware.events', 2, 'db-1'],
      ['hardware.events', 2, 'db-2'],
    ]);
    const hit = Signal.parse(JSON.parse(String(records[0]?.value)));
    const [first] = events;
    if (hit.kind !== 'hit' || first === undefined) expect.unreachable();
    expect(hit.exemplars[0]?.id).toBe(logId(first.event, recordOf(first.event, 0)));
  });

  it('goes on from the state where another left off, and ends it with a tombstone', async () => {
    const stage = hardwareEventsStage({ config, rules });
    const first = stage.task(2);
    const { records } = await batch(first, [eventOf(said.hot, { at: midnight, record: 1 })], midnight);
    const [state] = records;
    if (state === undefined) expect.unreachable();
    const second = stage.task(2);
    second.restore?.(stateRecord(state));
    expect(heard(await ticks(second, midnight + 10 * minute, midnight + 11 * minute))).toEqual([]);
    expect(heard(await ticks(second, midnight + 11 * minute, midnight + 12 * minute))).toEqual([
      'hit hardware.temperature-high',
    ]);
    const end = eventOf(said.hot, { at: midnight + 13 * minute, record: 2, isOver: true });
    expect(heard((await batch(second, [end], midnight + 14 * minute)).records)).toEqual([
      'clear hardware.temperature-high',
    ]);
    const later = midnight + 180 * minute;
    expect(await ticks(second, later, later + minute)).toEqual([
      { topic: 'hardware.events', partition: 2, key: 'db-1', value: null },
    ]);
  });

  it('is not held up by a state that cannot be read, and says so', async () => {
    const metrics = new Registry();
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    const task = hardwareEventsStage({ config, rules, metrics, logger }).task(2);
    for (const value of ['{"host":', '{"host":"db-1","sensors":7}'])
      task.restore?.(stateRecord({ topic: '', key: 'db-1', value }));
    const { records } = await batch(task, [eventOf(said.tooHot, { at: midnight, record: 1 })], midnight);
    expect(heard(records)).toEqual(['hit hardware.temperature']);
    expect(lines).toHaveLength(2);
    expect(await metrics.metrics()).toContain('logpatrol_hardware_state_unreadable_total 2');
  });

  it('passes over what is no event of a BMC, which detect judges, and detect passes over what is', async () => {
    const event = eventOf(said.tooHot, { at: midnight, record: 1 }).event;
    const odd = { event: { dataset: 'ipmi.sel' }, message: event.message };
    const records = [recordOf(event, 0), recordOf(odd, 1), recordOf(event.message, 2), recordOf('', 3)];
    const { records: out, covers } = await hardwareEventsStage({ config, rules })
      .task(2)
      .handle({ kind: 'batch', caughtUp: true, records }, { now: midnight, signal });
    expect([heard(out), covers]).toEqual([['hit hardware.temperature'], 4]);
    const options = { rules, domains: config.domains, leavesBmcEvents: true };
    const detector = createDetector({ ...options, type: 'ipmi' });
    const { signals, passedOver } = detector.detect(records, midnight);
    expect(passedOver).toBe(1);
    expect(signals.map(({ rule, count }) => [rule, count])).toEqual([['hardware.temperature', 2]]);
    const asApp = createDetector({ ...options, type: 'app' }).detect(records, midnight);
    expect(asApp).toMatchObject({ passedOver: 0, signals: [{ service: 'hardware' }, { count: 2 }] });
  });

  it('leaves rules that count lines to detect, for events too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logpatrol-packs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(
      join(folder, 'own.yaml'),
      [
        'pack: own',
        'title: own',
        'rules:',
        '  - id: own.hot',
        '    title: often hot',
        '    why: counts',
        '    source: own',
        '    severity: critical',
        "    keywords: ['going high']",
        '    threshold: 2 in 1h by host',
        '    examples: { match: [Upper Critical going high], no-match: [all is well] }',
      ].join('\n'),
    );
    const own = await loadRules({ paths: [folder], shipped: true, language: 'en' });
    const records = [recordOf(eventOf(said.tooHot, { at: midnight, record: 1 }).event, 0)];
    const options = { rules: own, domains: config.domains, leavesBmcEvents: true };
    const { signals } = createDetector({ ...options, type: 'ipmi' }).detect(records, midnight);
    expect(signals.map(({ rule }) => rule)).toEqual(['own.hot']);
    const { records: out } = await hardwareEventsStage({ config, rules: own })
      .task(2)
      .handle({ kind: 'batch', caughtUp: true, records }, { now: midnight, signal });
    expect(heard(out)).toEqual(['hit hardware.temperature']);
  });

  it('remembers of a machine and of all of them only so much', async () => {
    const few = ConfigSchema.parse({ hardware: { megabytes: 1 } });
    const metrics = new Registry();
    const task = hardwareEventsStage({ config: few, rules, metrics }).task(2);
    const flood = (host: string) =>
      Array.from({ length: 600 }, (_, index) =>
        eventOf(
          { ...said.hot, sensor: `${'T'.repeat(100)} ${index}` },
          { at: midnight, record: index, host },
        ),
      );
    let last: OutRecord[] = [];
    for (let host = 0; host < 8; host++) {
      const { records } = await batch(task, flood(`h-${host}`), midnight + host);
      last = [...records];
      for (const { value } of records) expect(Buffer.byteLength(value ?? '')).toBeLessThan(256 * 1024);
    }
    expect(last.at(-1)).toMatchObject({ value: null });
    const kept = last.find(({ value }) => value !== null);
    expect(HostEvents.parse(JSON.parse(String(kept?.value))).host).toBe('h-7');
    expect(await metrics.metrics()).toMatch(/logpatrol_hardware_state_dropped_total \d{3}/);
  });

  it('counts what healed', async () => {
    const metrics = new Registry();
    const task = hardwareEventsStage({ config, rules, metrics }).task(2);
    const at = midnight + 10_000;
    await batch(
      task,
      [eventOf(said.hot, { at: midnight, record: 1 }), eventOf(said.hot, { at, record: 2, isOver: true })],
      at,
    );
    expect(await metrics.metrics()).toContain('logpatrol_hardware_healed_total{component="temperature"} 1');
    expect(await metrics.metrics()).toContain(
      'logpatrol_hardware_events_total{component="temperature",severity="warning"} 1',
    );
  });
});
