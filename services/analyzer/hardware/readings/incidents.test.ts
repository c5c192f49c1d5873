import { describe, expect, it } from 'vitest';
import type { Incident, Metric } from '#shared/model/index.ts';
import { Correlator } from '../../correlate/correlator.ts';
import { Fleet } from './fleet.ts';
import { configOf, hourMs, minuteMs, monday, poll } from './testing/machines.ts';

const limits = { upperWarning: 65, upperCritical: 80 };

/** What readings come to once correlation has folded them. Time goes on in minutes. */
class Subject {
  readonly #config = configOf();
  readonly #fleet = new Fleet({ source: 'ipmi', config: this.#config });
  readonly #correlator = new Correlator({
    incidents: this.#config.incidents,
    language: 'en',
    domain: 'default',
    partition: 0,
  });
  #offset = 0;
  now = monday;

  take(metrics: readonly Metric[]): void {
    for (const metric of metrics)
      for (const signal of this.#fleet.take(metric, this.#offset++, this.now) ?? [])
        if (signal.kind === 'hit') this.#correlator.fold(signal, this.now);
        else this.#correlator.clear(signal);
  }

  pass(minutes: number, each: () => readonly Metric[] = () => []): void {
    for (let minute = 0; minute < minutes; minute++) {
      // Correlation takes a longer gap between ticks for a time in which it has not watched.
      for (let tick = 0; tick < 6; tick++) {
        this.now += minuteMs / 6;
        this.#correlator.tick(this.now, true);
      }
      this.take(each());
      for (const hits of this.#fleet.due(this.now, 10 * minuteMs, true).values())
        for (const hit of hits) this.#correlator.fold(hit, this.now);
      this.#correlator.take(this.now);
    }
  }

  get incidents(): Incident[] {
    return this.#correlator.incidents(this.now);
  }
}

const down = (server: string, at: number, failures: number) =>
  poll(at, [], { server, outcome: 'unreachable', failures, power: 'unknown', maxRetries: 1 });

describe('incidents of readings', () => {
  it('stay open for as long as the reading is beyond its limit, seen or not, and end when it is not', () => {
    const subject = new Subject();
    const hot = () => poll(subject.now, [{ sensor: 'CPU Temp', value: 90, thresholds: limits }]);
    subject.pass(100, hot);
    expect(subject.incidents).toMatchObject([{ state: 'open', severity: 'critical', openings: 1 }]);
    // The BMC is silent for hours.
    let failures = 0;
    subject.pass(5 * 60, () => down('web-1', subject.now, ++failures));
    expect(subject.incidents.map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
      'hardware.bmc-unreachable open',
      'hardware.reading-temperature open',
    ]);
    subject.pass(2, () => poll(subject.now, [{ sensor: 'CPU Temp', value: 50, thresholds: limits }]));
    expect(subject.incidents).toMatchObject([
      { state: 'resolved', resolvedBy: 'line' },
      { state: 'resolved', resolvedBy: 'line' },
    ]);
  });

  it('of BMCs that do not answer are told of each, until it answers', () => {
    const subject = new Subject();
    let failures = 0;
    subject.pass(5, () => {
      failures += 1;
      return ['a', 'b', 'c'].flatMap((server) => down(server, subject.now, failures));
    });
    const states = () =>
      subject.incidents.map(({ hosts, state, resolvedBy }) => [hosts[0]?.name, resolvedBy ?? state]).sort();
    expect(states()).toEqual(['a', 'b', 'c'].map((host) => [host, 'open']));
    subject.pass(1, () => ['a', 'b'].flatMap((server) => poll(subject.now, [], { server })));
    expect(states()).toEqual([
      ['a', 'line'],
      ['b', 'line'],
      ['c', 'open'],
    ]);
  });

  it('of a machine that was taken off the list end as quiet', () => {
    const subject = new Subject();
    subject.take(poll(subject.now, [{ sensor: 'CPU Temp', value: 90, thresholds: limits }]));
    subject.pass((23 * hourMs) / minuteMs);
    expect(subject.incidents).toMatchObject([{ state: 'open' }]);
    subject.pass((2 * hourMs) / minuteMs);
    expect(subject.incidents).toMatchObject([{ state: 'resolved', resolvedBy: 'quiet' }]);
  });
});
