import type { Clear, Hit, Metric, ServerStatus } from '#shared/model/index.ts';
import { Machine, MachineRecord } from '../machine.ts';
import { configOf, monday, poll, type Read } from './machines.ts';

export const limits = { upperWarning: 65, upperCritical: 80 };
export const every = 30_000;

/** One machine that is polled every half a minute. */
export class Subject {
  readonly said: (Hit | Clear)[] = [];
  readonly #options: { source: 'ipmi' | 'system'; config: ReturnType<typeof configOf> };
  machine: Machine;
  now = monday;
  #offset = 0;

  constructor(changes: Record<string, unknown> = {}, source: 'ipmi' | 'system' = 'ipmi') {
    this.#options = { source, config: configOf(changes) };
    this.machine = new Machine('web-1', this.#options);
  }

  /** What one poll leads to, as `hit rule severity` or `clear rule`. */
  poll(reads: readonly Read[], status: Partial<ServerStatus> = {}): string[] {
    this.now += every;
    const { source } = this.#options;
    return this.take(poll(this.now, reads, { source, ...status }));
  }

  take(metrics: readonly Metric[]): string[] {
    const said = metrics.flatMap((metric) => this.machine.take(metric, this.#offset++, this.now));
    this.said.push(...said);
    return said.map((each) =>
      each.kind === 'hit' ? `hit ${each.rule} ${each.severity}` : `clear ${each.rule}`,
    );
  }

  temperature(value: number): string[] {
    return this.poll([{ sensor: 'CPU Temp', unit: 'Cel', value, thresholds: limits }]);
  }

  failed(outcome: 'unreachable' | 'refused' | 'invalid', failures: number, more = {}): string[] {
    return this.poll([], {
      outcome,
      failures,
      power: 'unknown',
      health: 'unknown',
      reason: 'time-out',
      ...more,
    });
  }

  takeOver(): void {
    const record = MachineRecord.parse(JSON.parse(JSON.stringify(this.machine.record())));
    this.machine = Machine.restore(record, this.#options);
  }

  get last(): Hit | Clear | undefined {
    return this.said.at(-1);
  }
}
