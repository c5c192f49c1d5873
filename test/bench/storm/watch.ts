import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '#shared/bus/port.ts';
import type { Member } from '#test/integrity/member.ts';
import { median, megabytes } from '../measure.ts';
import { input } from './failures.ts';

/** Looks at the analyzer twice a second: detect's lag, and the queue by its own metrics. */
export class Watch {
  readonly #bus: Bus;
  readonly #member: Member;
  readonly #written: () => number;
  readonly #port: number;
  readonly #rate: number;
  readonly #lags: number[] = [];
  #others = 0;
  #mostIncidents = 0;
  #mostBytes = 0;
  #preempted = 0;
  #linesPerSecond = 0;

  constructor(bus: Bus, member: Member, written: () => number, port: number, rate: number) {
    this.#bus = bus;
    this.#member = member;
    this.#written = written;
    this.#port = port;
    this.#rate = rate;
  }

  wroteMore(lines: number): void {
    this.#others += lines;
  }

  async untilCaughtUp(): Promise<void> {
    for (let good = 0; good < 6; ) {
      await sleep(500);
      if (!this.#member.isRunning()) throw new Error('the analyzer has ended');
      good = (await this.#committed()) > 0 && (await this.#lag()) < 1 ? good + 1 : 0;
    }
  }

  async during(ms: number): Promise<void> {
    const began = performance.now();
    const before = await this.#committed();
    while (performance.now() - began < ms) {
      await sleep(500);
      if (!this.#member.isRunning()) throw new Error('the analyzer has ended');
      this.#lags.push(await this.#lag());
      await this.#readMetrics();
    }
    const seconds = (performance.now() - began) / 1000;
    this.#linesPerSecond = Math.round(((await this.#committed()) - before) / seconds);
  }

  figures() {
    return {
      mostWaitingIncidents: this.#mostIncidents,
      mostWaitingMegabytes: megabytes(this.#mostBytes),
      preempted: this.#preempted,
      lag: {
        median: Math.round(median(this.#lags) * 100) / 100,
        most: Math.round(Math.max(...this.#lags) * 100) / 100,
      },
      linesPerSecond: this.#linesPerSecond,
    };
  }

  async #lag(): Promise<number> {
    return Math.max(0, this.#written() + this.#others - (await this.#committed())) / this.#rate;
  }

  async #committed(): Promise<number> {
    const offsets = await this.#bus.committed(`detect-${input}`, input);
    return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
  }

  async #readMetrics(): Promise<void> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const value = (name: string) =>
      Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    this.#mostIncidents = Math.max(this.#mostIncidents, value('logpatrol_reason_waiting_incidents'));
    this.#mostBytes = Math.max(this.#mostBytes, value('logpatrol_reason_waiting_bytes'));
    this.#preempted = value('logpatrol_model_preempted_total');
  }
}
