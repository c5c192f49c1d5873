import { describe, expect, it } from 'vitest';
import type { Incident } from '#shared/model/index.ts';
import { Correlator } from '../../correlate/index.ts';
import { config, eventOf, logEventOf, Machine, midnight, said } from './testing/bmc.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A machine whose signals are folded into incidents. */
class Correlated {
  readonly machine = new Machine();
  readonly #correlator = new Correlator({
    ...{ incidents: config.incidents, language: 'en', domain: 'default', partition: 0 },
  });
  #folded = 0;

  at(now: number, work: (machine: Machine) => void): this {
    work(this.machine);
    for (const signal of this.machine.told.slice(this.#folded))
      if (signal.kind === 'hit') this.#correlator.fold(signal, now);
      else this.#correlator.clear(signal);
    this.#folded = this.machine.told.length;
    return this;
  }

  /** Time goes on, tick by tick. */
  until(from: number, to: number): this {
    for (let now = from; now <= to; now += 5000) this.#correlator.tick(now, true);
    return this;
  }

  incidents(): Incident[] {
    return this.#correlator.incidents(midnight);
  }

  get short(): string[] {
    return this.incidents().map(
      ({ rule, severity, state, count }) => `${rule} ${severity} ${state} ${count}`,
    );
  }
}

describe('incidents of BMC events', () => {
  it('are one that gets worse and ends, though its rule changes', () => {
    const all = new Correlated().at(midnight + 2 * minute, (machine) =>
      machine.take(eventOf(said.hot, { at: midnight, record: 1 })).tick(midnight + 2 * minute),
    );
    all.at(midnight + 3 * minute, (machine) =>
      machine.take(eventOf(said.tooHot, { at: midnight + 3 * minute, record: 2 })),
    );
    expect(all.short).toEqual(['hardware.temperature critical open 2']);
    all.at(midnight + 9 * minute, (machine) =>
      machine.take(eventOf(said.hot, { at: midnight + 9 * minute, record: 3, isOver: true })),
    );
    expect(all.short).toEqual(['hardware.temperature critical resolved 2']);
    expect(all.incidents()).toMatchObject([{ resolvedBy: 'line' }]);
  });

  it('stay open while a state stays, and end by quiet where they only happened', () => {
    const all = new Correlated().at(midnight, (machine) =>
      machine
        .take(eventOf(said.driveFault, { at: midnight, record: 1 }))
        .take(eventOf(said.uncorrectable, { at: midnight, record: 2 })),
    );
    all.until(midnight, midnight + 3 * hour);
    expect(all.short).toEqual([
      'hardware.drive-fault critical open 1',
      'hardware.memory-uncorrectable critical resolved 1',
    ]);
  });

  it('are marked old, few, and of nobody’s concern where a log of years is read for the first time', () => {
    const kinds = [said.hot, said.tooHot, said.supplyFailed, said.uncorrectable, said.eccLimit, said.odd];
    const arrivedAt = midnight;
    const events = Array.from({ length: 500 }, (_, record) => {
      const what = kinds[record % kinds.length] ?? said.hot;
      const at = midnight - 2 * 365 * day + record * day;
      return eventOf(what, { at, record, arrivedAt, isOver: record % 13 === 0 });
    });
    const all = new Correlated();
    for (let from = 0; from < events.length; from += 64)
      all.at(midnight, (machine) => machine.take(...events.slice(from, from + 64)));
    all.at(midnight + 2 * minute, (machine) => machine.tick(midnight + 2 * minute));
    const incidents = all.incidents();
    expect(incidents.length).toBeGreaterThan(3);
    expect(incidents.length).toBeLessThan(10);
    expect(incidents.every(({ old }) => old)).toBe(true);
    const fresh = eventOf(said.tooHot, { at: midnight + hour, record: 600 });
    all.at(midnight + hour, (machine) => machine.take(fresh));
    expect(all.incidents().filter(({ old }) => !old)).toMatchObject([{ rule: 'hardware.temperature' }]);
  });

  it('of a log that was emptied stand beside those of the machine', () => {
    const all = new Correlated().at(midnight, (machine) =>
      machine
        .take(eventOf(said.driveFault, { at: midnight, record: 1 }))
        .take(logEventOf('cleared', { at: midnight + minute, generation: 1 })),
    );
    expect(all.short).toEqual([
      'hardware.drive-fault critical open 1',
      'hardware.event-log-cleared info open 1',
    ]);
  });
});
