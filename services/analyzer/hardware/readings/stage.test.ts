import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { BusRecord, OutRecord, StageInput, StageResult, StageTask } from '#shared/bus/port.ts';
import { Signal } from '#shared/model/index.ts';
import { readingsStage } from './stage.ts';
import { configOf, hourMs, minuteMs, monday, poll } from './testing/machines.ts';

const limits = { upperWarning: 65, upperCritical: 80 };
const quiet = { signal: new AbortController().signal };

/** The stage on a partition of its own, which a crash can throw away. */
class Subject {
  readonly metrics = new Registry();
  readonly #stage: ReturnType<typeof readingsStage>;
  readonly #state: OutRecord[] = [];
  readonly log: BusRecord[] = [];
  readonly signals: Signal[] = [];
  readonly dead: OutRecord[] = [];
  task: StageTask;
  committed = 0;
  #read = 0;
  now = monday;

  constructor(changes: Record<string, unknown> = {}) {
    this.#stage = readingsStage({ source: 'ipmi', config: configOf(changes), metrics: this.metrics });
    this.task = this.#stage.task(2);
  }

  append(...values: unknown[]): void {
    for (const value of values)
      this.log.push({
        ...{ topic: 'metrics.ipmi', partition: 2, offset: this.log.length, key: null, headers: {} },
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
        timestamp: this.now,
      });
  }

  pollOf(server: string, value: number): void {
    this.append(...poll(this.now, [{ sensor: 'CPU Temp', value, thresholds: limits }], { server }));
  }

  /** @param most records of the batch */
  async read(most = Number.POSITIVE_INFINITY): Promise<void> {
    const records = this.log.slice(this.#read, this.#read + most);
    if (records.length === 0) return;
    this.#read += records.length;
    await this.#give({ kind: 'batch', records, caughtUp: true });
  }

  async tick(caughtUp = true): Promise<void> {
    await this.#give({ kind: 'tick', caughtUp });
  }

  async #give(input: StageInput<never>): Promise<void> {
    const result: StageResult<never> = await this.task.handle(input, { now: this.now, ...quiet });
    if (result.covers !== undefined) {
      expect(result.covers).toBeGreaterThanOrEqual(this.committed);
      this.committed = result.covers;
    }
    for (const record of result.records) {
      if (record.topic === 'signals') this.signals.push(Signal.parse(JSON.parse(String(record.value))));
      else if (record.topic === 'hardware.ipmi') this.#state.push(record);
      else this.dead.push(record);
      if (record.topic !== 'signals') expect(record.partition).toBe(2);
    }
  }

  /** A new owner takes over where the last transaction has got to. */
  crash(): void {
    this.task = this.#stage.task(2);
    for (const [offset, { key, value }] of this.#state.entries())
      this.task.restore?.({
        ...{ topic: 'hardware.ipmi', partition: 2, offset, headers: {}, timestamp: this.now },
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
      });
    this.#read = this.committed;
  }

  get told(): string[] {
    return this.signals.map((signal) =>
      signal.kind === 'hit' ? `${signal.hosts[0]?.name} ${signal.severity}` : `${signal.kind}`,
    );
  }
}

describe('the stage of readings', () => {
  it('gives out what it finds at once with the state of that machine, and covers what no other machine needs', async () => {
    const subject = new Subject();
    subject.pollOf('calm', 50);
    subject.pollOf('hot', 90);
    await subject.read();
    expect(subject.told).toEqual(['hot critical']);
    expect(subject.committed).toBe(0);
    subject.now += 5 * minuteMs;
    await subject.tick();
    expect(subject.committed).toBe(4);
    expect(await subject.metrics.metrics()).toContain(
      'logpatrol_hardware_readings_machines{source="ipmi",partition="2"} 2',
    );
  });

  it('tells of what lasts before correlation takes it for quiet, until the machine is gone for a day', async () => {
    const subject = new Subject();
    subject.pollOf('hot', 90);
    await subject.read();
    for (let minute = 0; minute < 60; minute++) {
      subject.now += minuteMs;
      await subject.tick();
    }
    expect(subject.told).toEqual(Array(7).fill('hot critical'));
    subject.now += 24 * hourMs;
    await subject.tick();
    expect(subject.told).toHaveLength(7);
    subject.crash();
    await subject.tick(false);
    expect(subject.told).toHaveLength(8);
  });

  it('sends what is no record to the dead letters once, whatever crashes', async () => {
    const subject = new Subject();
    subject.pollOf('calm', 50);
    subject.append('{"kind":"nonsense"');
    subject.pollOf('calm', 50);
    await subject.read();
    expect(subject.dead).toMatchObject([{ topic: 'dlq.metrics.ipmi' }]);
    expect(subject.committed).toBe(5);
    subject.crash();
    await subject.read();
    expect(subject.dead).toHaveLength(1);
  });

  it('forgets the machines heard of longest ago where memory is short, with tombstones', async () => {
    const subject = new Subject({ hardware: { megabytes: 1 } });
    for (let machine = 0; machine < 40; machine++) {
      const reads = Array.from({ length: 20 }, (_, sensor) => ({ sensor: `T${sensor}`, value: 40 }));
      subject.append(...poll(subject.now, reads, { server: `m${machine}` }));
      await subject.read();
    }
    subject.now += 5 * minuteMs;
    for (let times = 0; times < 10; times++) await subject.tick();
    const text = await subject.metrics.metrics();
    const evicted = Number(/readings_evicted_total{source="ipmi"} (\d+)/.exec(text)?.[1]);
    const bytes = Number(/readings_state_bytes{[^}]*} (\d+)/.exec(text)?.[1]);
    expect(evicted).toBeGreaterThan(10);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(subject.committed).toBe(subject.log.length);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'says the same whatever the batches and crashes (seed %i)',
    async (seed) => {
      const [calm, shaken] = [new Subject(), new Subject()];
      let state = seed * 7919;
      const random = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
      };
      for (let step = 0; step < 150; step++) {
        const server = `m${Math.floor(random() * 4)}`;
        const value = 55 + 30 * random();
        const isDead = random() < 0.05;
        for (const subject of [calm, shaken]) {
          subject.now += 30_000;
          if (isDead) subject.append('nonsense');
          else subject.pollOf(server, value);
        }
        await calm.read();
        if (random() < 0.5) await shaken.read(1 + Math.floor(random() * 4));
        if (random() < 0.2) shaken.crash();
      }
      for (let times = 0; times < shaken.log.length; times++) await shaken.read(5);
      const plain = (signals: readonly Signal[]) =>
        signals.map((signal) => ('numbers' in signal ? { ...signal, arrivedAt: '' } : signal.kind));
      expect(plain(shaken.signals)).toEqual(plain(calm.signals));
      expect(calm.signals.length).toBeGreaterThan(20);
      expect(shaken.dead.map(({ headers, ...record }) => record)).toEqual(
        calm.dead.map(({ headers, ...record }) => record),
      );
    },
  );
});
