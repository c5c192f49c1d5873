import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Hit, Incident, type Series } from '#shared/model/index.ts';
import { sampleHit, sampleTime } from '#test/samples/hit.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { Correlator } from './correlator.ts';
import { generator } from './testing/random.ts';

const minute = 60_000;
const hour = 60 * minute;
const { incidents } = ConfigSchema.parse({});

function correlator(maxBytes?: number): Correlator {
  return new Correlator({
    incidents,
    language: 'en',
    domain: 'default',
    partition: 3,
    ...(maxBytes !== undefined && { maxBytes }),
  });
}

/** Ticks once a second through (from, to]. */
function tickThrough(subject: Correlator, from: number, to: number, caughtUp = true): void {
  for (let now = from + 1000; now <= to; now += 1000) subject.tick(now, caughtUp);
}

/** The one incident that was touched. */
function takeOne(subject: Correlator, now: number): Incident {
  const [incident, ...others] = subject.take(now);
  expect(others).toEqual([]);
  return Incident.parse(incident);
}

describe('Correlator', () => {
  it('opens an incident whose id and times come from the signal alone', () => {
    const subject = correlator();
    expect(subject.fold(sampleHit(), sampleTime + 5000)).toBe(true);
    const incident = takeOne(subject, sampleTime + 5000);
    expect(incident).toMatchObject({
      id: `3-00112233445566aa-${sampleTime.toString(36)}`,
      state: 'open',
      revision: 1,
      materialRevision: 1,
      openings: 1,
      count: 1,
      hostCount: 1,
      openedAt: new Date(sampleTime).toISOString(),
      old: false,
    });
  });

  it('coalesces: every incident once, whole, its revision one higher', () => {
    const subject = correlator();
    for (let index = 0; index < 5; index++) subject.fold(sampleHit({ at: sampleTime + index }), sampleTime);
    subject.fold(sampleHit({ fingerprint: 'ff' }), sampleTime);
    expect(subject.take(sampleTime).map(({ count, revision }) => [count, revision])).toEqual([
      [5, 1],
      [1, 1],
    ]);
    expect(subject.take(sampleTime)).toEqual([]);
    subject.fold(sampleHit({ at: sampleTime + 9 }), sampleTime);
    expect(takeOne(subject, sampleTime)).toMatchObject({ count: 6, revision: 2, materialRevision: 1 });
  });

  it.each([
    ['the tenth line', sampleHit({ count: 9 })],
    ['a second host', sampleHit({ hosts: [{ name: 'db-2', count: 1 }] })],
    ['another severity of the rule', sampleHit({ severity: 'critical' })],
    ['a severity that is pinned now', sampleHit({ pinned: true })],
  ])('changes materially by %s', (_, hit) => {
    const subject = correlator();
    subject.fold(sampleHit(), sampleTime);
    subject.take(sampleTime);
    expect(subject.fold(hit, sampleTime)).toBe(true);
    expect(takeOne(subject, sampleTime)).toMatchObject({ revision: 2, materialRevision: 2 });
  });

  it('does not change materially by a few more lines', () => {
    const subject = correlator();
    subject.fold(sampleHit({ count: 10 }), sampleTime);
    subject.take(sampleTime);
    expect(subject.fold(sampleHit({ count: 80 }), sampleTime)).toBe(false);
    expect(takeOne(subject, sampleTime)).toMatchObject({ count: 90, materialRevision: 1 });
  });

  it('resolves when quiet, reopens within the time, and forgets after it', () => {
    const subject = correlator();
    subject.fold(sampleHit(), sampleTime);
    const { id } = takeOne(subject, sampleTime);

    tickThrough(subject, sampleTime, sampleTime + 30 * minute);
    expect(subject.take(sampleTime)).toEqual([]);
    const quietAt = sampleTime + 30 * minute + 1000;
    subject.tick(quietAt, true);
    expect(takeOne(subject, quietAt)).toMatchObject({
      state: 'resolved',
      resolvedBy: 'quiet',
      resolvedAt: new Date(quietAt).toISOString(),
      revision: 2,
      materialRevision: 2,
    });

    const backAt = quietAt + 23 * hour;
    expect(subject.fold(sampleHit({ at: backAt }), backAt)).toBe(true);
    const reopened = takeOne(subject, backAt);
    expect(reopened).toMatchObject({ id, state: 'open', openings: 2, count: 2, materialRevision: 3 });
    expect(reopened).not.toHaveProperty('resolvedAt');
    expect(reopened).not.toHaveProperty('resolvedBy');

    tickThrough(subject, backAt, backAt + 31 * minute);
    const resolvedAgain = Date.parse(takeOne(subject, backAt).resolvedAt ?? '');
    subject.tick(resolvedAgain + 24 * hour, true);
    expect(subject.takeForgotten()).toEqual([]);
    subject.tick(resolvedAgain + 24 * hour + 1000, true);
    expect(subject.takeForgotten()).toEqual([id]);
    expect(subject.incidents(backAt)).toEqual([]);
    expect(subject.size()).toMatchObject({ open: 0, resolved: 0, bytes: 0, evicted: 0 });
  });

  it('opens a new incident after the reopening time, even where no tick came between', () => {
    const subject = correlator();
    subject.fold(sampleHit(), sampleTime);
    tickThrough(subject, sampleTime, sampleTime + 31 * minute);
    const { id } = takeOne(subject, sampleTime);
    const later = sampleTime + 26 * hour;
    subject.fold(sampleHit({ at: later }), later);
    const next = takeOne(subject, later);
    expect(next.id).not.toBe(id);
    expect(next).toMatchObject({ count: 1, openings: 1, revision: 1 });
    expect(subject.takeForgotten()).toEqual([id]);
  });

  it('takes over what a former version has published', () => {
    const subject = correlator();
    const former = sampleIncident({ id: '3-00112233445566aa-x', state: 'resolved', resolvedBy: 'quiet' });
    subject.restore({ ...former, resolvedAt: former.lastSeen });
    expect(subject.fold(sampleHit({ at: sampleTime + minute }), sampleTime + minute)).toBe(true);
    expect(takeOne(subject, sampleTime)).toMatchObject({
      id: former.id,
      state: 'open',
      count: 2,
      openings: 2,
      revision: 2,
      reopenedAt: [new Date(sampleTime + minute).toISOString()],
    });
  });

  it('does not take an outage for silence', () => {
    const published = correlator();
    published.fold(sampleHit(), sampleTime);
    const [incident] = published.take(sampleTime);
    if (!incident) throw new Error('nothing was published');

    const subject = correlator();
    subject.restore(incident);
    const backAt = sampleTime + 5 * hour;
    tickThrough(subject, backAt, backAt + 10 * minute, false);
    tickThrough(subject, backAt + 10 * minute, backAt + 39 * minute);
    expect(subject.take(backAt)).toEqual([]);
    tickThrough(subject, backAt + 39 * minute, backAt + 41 * minute);
    expect(takeOne(subject, backAt)).toMatchObject({ state: 'resolved', revision: 2 });
  });

  it('begins to watch anew after a stall of its own', () => {
    const subject = correlator();
    subject.fold(sampleHit(), sampleTime);
    subject.take(sampleTime);
    tickThrough(subject, sampleTime, sampleTime + 5 * minute);
    subject.tick(sampleTime + 3 * hour, true);
    expect(subject.take(sampleTime)).toEqual([]);
  });

  it('marks lines that were old when they arrived, until a fresh one comes', () => {
    const subject = correlator();
    const old = sampleHit({ lastSeen: new Date(sampleTime - 61 * minute).toISOString() });
    subject.fold(old, sampleTime);
    expect(takeOne(subject, sampleTime)).toMatchObject({ old: true });
    expect(subject.fold(sampleHit(), sampleTime)).toBe(true);
    expect(takeOne(subject, sampleTime)).toMatchObject({ old: false, materialRevision: 2 });
    subject.fold(old, sampleTime);
    expect(takeOne(subject, sampleTime)).toMatchObject({ old: false, materialRevision: 2 });
  });

  it('keeps the first lines of different hosts, within a bound', () => {
    const subject = correlator();
    const exemplar = (id: string, host: string) => ({
      id,
      timestamp: new Date(sampleTime).toISOString(),
      host,
      text: 'x'.repeat(1_000_000),
      before: ['far', 'y'.repeat(10_000), 'near'],
    });
    for (let index = 0; index < 8; index++)
      subject.fold(sampleHit({ exemplars: [exemplar(`a${index}`, 'a')] }), sampleTime);
    subject.fold(sampleHit({ exemplars: [exemplar('b0', 'b'), exemplar('b1', 'b')] }), sampleTime);
    const { exemplars } = takeOne(subject, sampleTime);
    expect(exemplars.map(({ id }) => id)).toEqual(['a0', 'a1', 'a2', 'a3', 'b0']);
    expect(exemplars[0]?.text.length).toBe(4096);
    expect(exemplars[0]?.before).toEqual(['near']);
  });

  it('counts hosts exactly up to 50 and about beyond', () => {
    const subject = correlator();
    const from = (first: number, last: number) =>
      sampleHit({
        count: last - first,
        hosts: Array.from({ length: last - first }, (_, index) => ({ name: `h${first + index}`, count: 1 })),
      });
    subject.fold(from(0, 50), sampleTime);
    const exact = takeOne(subject, sampleTime);
    expect(exact.hostCount).toBe(50);
    expect(exact).not.toHaveProperty('hostSketch');
    for (let first = 50; first < 1000; first += 50) subject.fold(from(first, first + 50), sampleTime);
    const about = takeOne(subject, sampleTime);
    expect(about.hosts).toHaveLength(50);
    expect(about.count).toBe(1000);
    expect(Math.abs(about.hostCount - 1000)).toBeLessThan(100);
  });

  it('forgets the incident resolved longest ago at its bound, then ends the quietest, and counts on', () => {
    const subject = correlator(40_000);
    const fingerprints = Array.from({ length: 40 }, (_, index) => `f${index}`);
    for (const fingerprint of fingerprints) subject.fold(sampleHit({ fingerprint }), sampleTime);
    const size = subject.size();
    expect(size.bytes).toBeLessThanOrEqual(40_000);
    expect(size.evicted).toBe(40 - size.open);
    expect(size.evicted).toBeGreaterThan(0);
    const told = subject.take(sampleTime);
    expect(told.map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
    const ended = told.filter(({ state }) => state === 'resolved');
    expect(ended.map(({ id }) => id)).toEqual(subject.takeForgotten());
    expect(ended.every(({ resolvedBy }) => resolvedBy === 'capacity')).toBe(true);

    for (const fingerprint of fingerprints) subject.fold(sampleHit({ fingerprint }), sampleTime);
    const again = subject.take(sampleTime).filter(({ revision }) => revision === 1);
    const ids = new Set(told.map(({ id }) => id));
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter(({ id }) => ids.has(id))).toEqual([]);
  });
});

describe('folding', () => {
  const seed = 20_260_105;

  it(`gives the same incident however the signals are cut into batches and takeovers (seed ${seed})`, () => {
    const random = generator(seed);
    for (let round = 0; round < 50; round++) {
      const hits = Array.from({ length: 1 + Math.floor(random() * 120) }, (_, index) => {
        const host = `h${Math.floor(random() * 90)}`;
        const count = 1 + Math.floor(random() * 20);
        const at = sampleTime + Math.floor(random() * hour);
        return sampleHit({
          at,
          count,
          hosts: [{ name: host, count }],
          exemplars: [
            { id: `l${index}`, timestamp: new Date(at).toISOString(), host, text: 't', before: [] },
          ],
        });
      });
      const inOne = correlator();
      for (const hit of hits) inOne.fold(hit, sampleTime);
      const expected = takeOne(inOne, sampleTime);

      let cut = correlator();
      for (const hit of hits) {
        cut.fold(hit, sampleTime);
        if (random() < 0.2) cut.take(sampleTime);
        if (random() < 0.1) {
          cut.take(sampleTime);
          const whole: unknown = JSON.parse(JSON.stringify(cut.incidents(sampleTime)[0]));
          cut = correlator();
          cut.restore(Incident.parse(whole));
        }
      }
      const [actual] = cut.incidents(sampleTime);
      const { revision: _r, materialRevision: _m, ...rest } = expected;
      expect(actual).toMatchObject(rest);
      expect(actual?.count).toBe(hits.reduce((sum, hit) => sum + hit.count, 0));
    }
  });

  it(`gives the same incident however the lines are cut into signals (seed ${seed})`, () => {
    const random = generator(seed);
    for (let round = 0; round < 50; round++) {
      const hits = Array.from({ length: 1 + Math.floor(random() * 200) }, () => {
        const name = `h${Math.floor(random() * 40)}`;
        return sampleHit({
          at: sampleTime + Math.floor(random() * hour),
          hosts: [{ name, count: 1 }],
          exemplars: [],
        });
      });
      const [oneByOne, joined] = [correlator(), correlator()];
      for (const hit of hits) oneByOne.fold(hit, sampleTime);
      for (let from = 0; from < hits.length; ) {
        const to = from + 1 + Math.floor(random() * 20);
        joined.fold(join(hits.slice(from, to)), sampleTime);
        from = to;
      }
      // Of lines that come together only the first and the last moment are known.
      const {
        id: _id,
        openedAt: _o,
        firstArrivedAt: _f,
        series,
        ...expected
      } = takeOne(oneByOne, sampleTime);
      const { series: itsSeries, ...actual } = takeOne(joined, sampleTime);
      expect(actual).toMatchObject(expected);
      const shape = ({ startAt, stepMs, counts }: Series) => [startAt, stepMs, counts.length, sum(counts)];
      expect(itsSeries && shape(itsSeries)).toEqual(series && shape(series));
    }
  });
});

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** One signal of the lines of several, as detection makes it of a larger batch. */
function join(hits: readonly Hit[]): Hit {
  const hosts = new Map<string, { count: number; lastSeen: string }>();
  for (const hit of hits)
    for (const { name, count } of hit.hosts) {
      const known = hosts.get(name);
      const lastSeen = [hit.lastSeen, known?.lastSeen ?? ''].sort()[1] ?? '';
      hosts.set(name, { count: count + (known?.count ?? 0), lastSeen });
    }
  const sorted = (key: 'firstSeen' | 'lastSeen' | 'arrivedAt') => hits.map((hit) => hit[key]).sort();
  return sampleHit({
    count: hits.reduce((sum, hit) => sum + hit.count, 0),
    hosts: [...hosts].map(([name, host]) => ({ name, ...host })).sort((a, b) => b.count - a.count),
    firstSeen: sorted('firstSeen').at(0) ?? '',
    lastSeen: sorted('lastSeen').at(-1) ?? '',
    arrivedAt: sorted('arrivedAt').at(-1) ?? '',
    exemplars: [],
  });
}
