import { describe, expect, it } from 'vitest';
import { Baseline } from '#shared/model/index.ts';
import type { Rates } from './rates.ts';
import { countsAt, createRates, type Lines, minuteMs, play, seededRandom, start } from './testing/traffic.ts';

const hour = 60;
const day = 24 * hour;
const quiet: Lines = { masked: 'other lines go on', count: 3 };

/** What was said, in short. */
function said(all: ReturnType<typeof play>): string[] {
  return all.map(({ said: one }) => `${one.kind} ${one.rule}`);
}

/** What is published, as a successor reads it: the last record of each key, in the order of the topic. */
class Topic {
  readonly #records = new Map<string, string>();

  publish(rates: Rates): void {
    for (;;) {
      const taken = rates.take();
      for (const { key, value } of taken) {
        this.#records.delete(key);
        if (value !== null) this.#records.set(key, JSON.stringify(value));
      }
      if (taken.length === 0) return;
    }
  }

  successor(): Rates {
    const rates = createRates();
    for (const value of this.#records.values()) rates.restore(Baseline.parse(JSON.parse(value)));
    return rates;
  }

  get size(): number {
    return this.#records.size;
  }
}

describe('new kinds', () => {
  const learned = (): Rates => {
    const rates = createRates();
    expect(said(play(rates, 0, 2 * day, () => [quiet]))).toEqual([]);
    return rates;
  };

  it('are told of once the history is long enough: warnings where the line says error', () => {
    const rates = learned();
    const all = play(rates, 2 * day, 2 * day + 3, () => [
      { masked: 'pump started', count: 2 },
      { masked: 'valve broken', count: 1, severity: 'warning' },
      quiet,
    ]);
    expect(all.map(({ said: one }) => one)).toMatchObject([
      { rule: 'rates.new', severity: 'info', count: 2, template: { text: 'pump started' }, service: 'shop' },
      { rule: 'rates.new', severity: 'warning', numbers: { lines: 1, historyHours: 48 } },
    ]);
  });

  it('are not told of before, nor where a rule has told of them', () => {
    const young = createRates();
    expect(
      said(play(young, 0, day - 1, (minute) => [{ masked: `kind ${'x'.repeat(minute % 50)}`, count: 1 }])),
    ).toEqual([]);
    expect(young.size()).toMatchObject({ services: 1, judged: 0 });
    expect(young.histories()[0]?.hours).toBeCloseTo(24, 1);
    const rule: Lines = { masked: 'disk is full', count: 1, rule: 'storage.no-space', severity: 'warning' };
    expect(said(play(learned(), 2 * day, 2 * day + 1, () => [rule]))).toEqual([]);
  });

  it('of a new version are a few, and one finding for all the others', () => {
    const version = Array.from({ length: 40 }, (_, index) => ({
      masked: `${String.fromCharCode(97 + (index % 26))}${String.fromCharCode(97 + Math.floor(index / 26))}q speaks`,
      count: 1,
    }));
    const all = play(learned(), 2 * day, 2 * day + 1, () => [quiet, ...version]);
    expect(new Set(all.map(({ said: one }) => (one.kind === 'hit' ? one.fingerprint : ''))).size).toBe(4);
    // The words in the same place have become one template meanwhile, so not all forty are kinds of their own.
    expect(all.at(-1)).toMatchObject({
      said: { rule: 'rates.new', severity: 'info', numbers: { kinds: expect.any(Number) } },
    });
  });
});

describe('what comes back', () => {
  it('ends a spike when its lines are as usual again', () => {
    const rates = createRates();
    const all = play(rates, 0, 8 * day, (minute) => [
      quiet,
      { masked: 'request served', count: minute >= 7 * day + 60 && minute < 7 * day + 72 ? 100 : 10 },
    ]);
    expect(said(all)[0]).toBe('hit rates.spike');
    expect(said(all).at(-1)).toBe('clear rates.spike');
    expect(said(all).filter((each) => each.startsWith('clear'))).toHaveLength(1);
    const lines = all.reduce((sum, { said: one }) => sum + (one.kind === 'hit' ? one.count : 0), 0);
    // All lines of the windows that were too many: the last one is cut off by its end.
    expect(lines).toBe(1000 + 2 * 100 + 3 * 10);
    const ids = all.map(({ said: one }) => one.captures?.template);
    expect(new Set(ids).size).toBe(1);
  });

  it('takes what lasts for a day as usual', () => {
    const all = play(createRates(), 0, 11 * day, (minute) => [
      quiet,
      { masked: 'request served', count: minute >= 7 * day ? 100 : 10 },
    ]);
    expect(said(all)).toContain('clear rates.spike');
    expect(all.at(-1)?.minute).toBeLessThan(9 * day);
  });

  it('ends silence with the first line, and does not take the pause for usual', () => {
    const away = (minute: number) => minute >= 3 * day && minute < 3 * day + 50;
    const all = play(createRates(), 0, 4 * day, (minute) => [
      quiet,
      { masked: 'heartbeat of the pump', count: minute % 5 === 0 && !away(minute) ? 1 : 0 },
    ]);
    expect(said(all)[0]).toBe('hit rates.silent');
    expect(said(all).at(-1)).toBe('clear rates.silent');
    expect(all[0]?.said).toMatchObject({
      severity: 'warning',
      numbers: { usualGapMinutes: 5, longestGapMinutes: 5 },
      detail: expect.stringContaining('usually every 5 min'),
    });
  });
});

describe('a backlog', () => {
  const heartbeat = (service: string): Lines => ({ service, masked: `heartbeat of ${service}`, count: 1 });
  const late = (minute: number, now: number, service: string) => ({
    ...countsAt(minute, [heartbeat(service)]),
    arrivedAt: new Date(now).toISOString(),
  });

  it('that is read first of one file, then of another, makes nothing missing', () => {
    const rates = createRates();
    const all: string[] = [];
    let now = start + 2 * day * minuteMs;
    const read = (service: string, from: number, to: number) => {
      for (let minute = from; minute < to; minute++) {
        now += 10;
        all.push(...rates.fold(late(minute, now, service), now).map(({ rule }) => rule));
        if (minute % 50 === 0) all.push(...rates.tick(now, true).map(({ rule }) => rule));
      }
    };
    read('pump', 0, day + 3 * hour);
    read('valve', 0, 2 * day);
    for (let wait = 0; wait < 30; wait++) {
      now += minuteMs;
      all.push(...rates.fold(late(2 * day + wait, now, 'valve'), now).map(({ rule }) => rule));
      all.push(...rates.tick(now, true).map(({ rule }) => rule));
    }
    expect(all).toEqual([]);
    // The rest of the first file; then it stops for good, and is missed.
    read('pump', day + 3 * hour, 2 * day + 30);
    for (let wait = 30; wait < 60; wait++) {
      now += minuteMs;
      all.push(...rates.fold(late(2 * day + wait, now, 'valve'), now).map(({ rule }) => rule));
      all.push(...rates.tick(now, true).map(({ rule }) => rule));
    }
    expect(new Set(all)).toEqual(new Set(['rates.silent']));
  });

  it('without end is a wrong clock, for which others do not wait', () => {
    const rates = createRates();
    const all: string[] = [];
    for (let minute = 0; minute < 3 * day; minute++) {
      const now = start + (minute + 1) * minuteMs;
      const lines = minute < 2 * day + 60 ? [quiet, heartbeat('pump')] : [quiet];
      rates.fold(late(minute - 8 * hour, now, 'valve'), now);
      const said = [...rates.fold(countsAt(minute, lines), now), ...rates.tick(now, true)];
      all.push(...said.map(({ rule, service }) => `${rule} ${service}`));
    }
    expect(new Set(all)).toEqual(new Set(['rates.silent pump']));
  });
});

describe('a service that goes silent', () => {
  const pump = (minute: number, stop: number): Lines[] =>
    minute >= stop
      ? []
      : [
          { service: 'pump', masked: 'pressure is fine', count: 2 },
          { service: 'pump', masked: 'valve is open', count: 2 },
        ];

  it('is one finding, where another one goes on', () => {
    const all = play(createRates(), 0, 2 * day + 30, (minute) => [quiet, ...pump(minute, 2 * day)]);
    expect(
      new Set(all.map(({ said: one }) => `${one.rule} ${one.service} ${one.captures?.template}`)),
    ).toEqual(new Set(['rates.silent pump ']));
  });

  it('is none where everything stops: then it is the way here that is broken', () => {
    const all = play(createRates(), 0, 2 * day + 30, (minute) =>
      minute >= 2 * day ? [] : [quiet, ...pump(minute, 2 * day)],
    );
    expect(said(all)).toEqual([]);
  });
});

describe('catching up', () => {
  it('takes what a batch holds of the days before for history', () => {
    const batch = (last: number) => {
      const lines = [0, 1, 2, 3].map((night) => ({ minute: night * day, count: night === 3 ? last : 40 }));
      const entries = lines.flatMap(({ minute, count }) => [
        ...countsAt(minute, [{ masked: 'backup of a table written', count }]).entries,
        ...countsAt(minute + 20, [quiet]).entries,
      ]);
      const now = start + 3 * day * minuteMs;
      return createRates().fold(
        { ...countsAt(3 * day, []), arrivedAt: new Date(now).toISOString(), entries },
        now,
      );
    };
    expect(batch(40)).toEqual([]);
    expect(batch(400)[0]).toMatchObject({ rule: 'rates.spike', numbers: { lines: 400 } });
  });

  it('after an outage is neither a spike nor silence', () => {
    const rates = createRates();
    const traffic = (minute: number): Lines[] => [
      { ...quiet, count: 20 },
      { masked: 'heartbeat of the pump', count: minute % 5 === 0 ? 1 : 0 },
    ];
    play(rates, 0, 3 * day, traffic);
    // Three hours of lines come within two minutes; what they say of the time is when they were written.
    const now = start + (3 * day + 3 * hour) * minuteMs;
    const all = [];
    for (let minute = 3 * day; minute < 3 * day + 3 * hour; minute++) {
      all.push(...rates.fold(countsAt(minute, traffic(minute)), now));
      if (minute % 10 === 0) all.push(...rates.tick(now + minute, false));
    }
    all.push(...rates.tick(now + 1000, true));
    expect(all).toEqual([]);
    expect(said(play(rates, 3 * day + 3 * hour, 4 * day, traffic))).toEqual([]);
  });

  it('of one partition before the other does not make its lines missing', () => {
    const rates = createRates();
    play(rates, 0, 3 * day, () => [quiet, { masked: 'heartbeat of the pump', count: 1 }]);
    const now = start + (3 * day + 3 * hour) * minuteMs;
    const all = [];
    // All of one partition, then all of the other.
    for (let minute = 3 * day; minute < 3 * day + 3 * hour; minute++)
      all.push(...rates.fold(countsAt(minute, [quiet]), now));
    all.push(...rates.tick(now, true));
    for (let minute = 3 * day; minute < 3 * day + 3 * hour; minute++)
      all.push(...rates.fold(countsAt(minute, [{ masked: 'heartbeat of the pump', count: 1 }]), now));
    for (let second = 0; second < 600; second += 10) all.push(...rates.tick(now + second * 1000, true));
    expect(all).toEqual([]);
  });
});

describe('state', () => {
  /** Ten kinds with a rise, a stop and something new. */
  const traffic = (seed: number) => {
    const random = seededRandom(seed);
    const rises = 2 * day + 200;
    return (minute: number): Lines[] => [
      quiet,
      { masked: 'request served', count: Math.round(5 + random() * 10) * (minute > rises ? 8 : 1) },
      { masked: 'heartbeat of the pump', count: minute % 10 === 0 && minute < rises ? 1 : 0 },
      { masked: 'user <*> logged in', count: random() < 0.1 ? 1 : 0 },
      { masked: 'valve broken', count: minute === rises + 50 ? 1 : 0, severity: 'warning' },
    ];
  };

  it('put back half-way gives the same judgements', () => {
    const whole = said(play(createRates(), 0, 2 * day + 400, traffic(3)));
    expect(whole.length).toBeGreaterThan(3);
    for (const cut of [2 * day, 2 * day + 203, 2 * day + 225, 2 * day + 251]) {
      const lines = traffic(3);
      const rates = createRates();
      const before = said(play(rates, 0, cut, lines));
      const topic = new Topic();
      topic.publish(rates);
      expect([...before, ...said(play(topic.successor(), cut, 2 * day + 400, lines))]).toEqual(whole);
    }
  });

  it('is the same however the lines are cut into batches', () => {
    const lines = traffic(5);
    const byMinute = Array.from({ length: 600 }, (_, minute) => countsAt(minute, lines(minute)));
    const now = start + day * minuteMs;
    const stateAfter = (batch: number): Baseline[] => {
      const rates = createRates();
      for (let from = 0; from < byMinute.length; from += batch) {
        const [first, ...rest] = byMinute.slice(from, from + batch);
        if (first === undefined) continue;
        rates.fold({ ...first, entries: [...first.entries, ...rest.flatMap(({ entries }) => entries)] }, now);
      }
      rates.tick(now + 10 * hour * minuteMs, true);
      return rates.baselines();
    };
    const one = stateAfter(1);
    for (const batch of [2, 7, 60]) expect(stateAfter(batch)).toEqual(one);
  });

  it('of templates that become one becomes one, and is known by all their names', () => {
    const rates = createRates();
    const topic = new Topic();
    const names = ['north', 'south', 'east', 'west', 'upper', 'lower', 'inner'];
    for (const [minute, name] of names.entries()) {
      rates.fold(
        countsAt(minute, [{ masked: `the ${name} gate was opened`, count: 2 }]),
        start + minute * minuteMs,
      );
      topic.publish(rates);
    }
    const kinds = rates.baselines().filter(({ template }) => template !== undefined);
    expect(kinds).toMatchObject([{ template: { text: 'the <*> gate was opened' }, total: 14 }]);
    expect(kinds[0]?.formerIds).toHaveLength(6);
    // The tombstones of the others have been published: the service itself and the kind are left.
    expect(topic.size).toBe(2);
    expect(topic.successor().label('shop', 'the hidden gate was opened')).toMatchObject({
      id: kinds[0]?.template?.id,
      formerIds: kinds[0]?.formerIds,
    });
  });

  it('forgets what a tombstone ends, and a service with its last kind', () => {
    const rates = createRates();
    rates.fold(countsAt(0, [quiet, { masked: 'valve broken', count: 1 }]), start);
    const states = rates.baselines();
    const next = createRates();
    for (const state of states) next.restore(state);
    const [whole, ...kinds] = states.map(({ key }) => key);
    next.dropRestored(kinds[0] ?? '');
    expect(next.size()).toMatchObject({ services: 1, kinds: 1 });
    next.dropRestored(kinds[1] ?? '');
    next.dropRestored(whole ?? '');
    next.dropRestored('unknown');
    expect(next.size()).toMatchObject({ services: 0, kinds: 0 });
    expect(next.baselines()).toEqual([]);
  });

  it('is bounded under hostile lines, of which every one is a new kind', () => {
    const rates = createRates({ megabytes: 2 });
    const random = seededRandom(9);
    const word = () =>
      Math.floor(random() * 1e12)
        .toString(26)
        .replace(/\d/g, (digit) => String.fromCharCode(65 + Number(digit)));
    const topic = new Topic();
    for (let minute = 0; minute < 150; minute++) {
      const lines = Array.from({ length: 100 }, () => ({
        service: minute % 2 === 0 ? 'shop' : word(),
        masked: `${word()} ${word()} ${word()}`,
        count: 1,
      }));
      rates.fold(countsAt(minute, lines), start + minute * minuteMs);
      topic.publish(rates);
      expect(rates.size().bytes).toBeLessThan(2 * 1024 * 1024);
    }
    expect(rates.size().evicted).toBeGreaterThan(5000);
    // What has been given up has a tombstone.
    expect(topic.size).toBe(rates.baselines().length);
  });

  it('begins anew after more than a week without a line', () => {
    const rates = createRates();
    play(rates, 0, 3 * day, () => [quiet]);
    play(rates, 12 * day, 12 * day + 60, () => [quiet]);
    expect(rates.histories()).toEqual([{ service: 'shop', hours: expect.closeTo(1, 1) }]);
  });
});
