import { describe, expect, it } from 'vitest';
import { sliceWidth } from '../detect/slices.ts';
import { keyCap } from './parts.ts';
import { generator } from './testing/random.ts';
import { type FailingLine, hitOf, iso, Subject } from './testing/subject.ts';

const minute = 60_000;
const byHost = { count: 5, windowMs: minute, by: 'host' };
const threshold = byHost;

const lines = (host: string, ...moments: number[]): FailingLine[] => moments.map((at) => ({ at, host }));

describe('a threshold', () => {
  it('keeps an incident pending, and opens it with all the lines of the window', () => {
    const subject = new Subject();
    expect(subject.fold(hitOf(lines('web-3', 0, 10_000, 20_000, 30_000), { threshold }))).toBe(false);
    expect(subject.fold(hitOf(lines('web-1', 31_000, 32_000), { threshold }))).toBe(false);
    expect(subject.publish()).toMatchObject([{ state: 'pending', count: 0, revision: 1 }]);
    expect(subject.size).toMatchObject({ pending: 1, open: 0 });

    expect(subject.fold(hitOf(lines('web-3', 40_000), { threshold }))).toBe(true);
    expect(subject.publish()).toMatchObject([
      {
        state: 'open',
        count: 7,
        revision: 2,
        materialRevision: 2,
        openings: 1,
        firstSeen: iso(0),
        lastSeen: iso(40_000),
        openedAt: iso(40_000),
        detail: '5 in 1m by host: web-3',
        hosts: [
          { name: 'web-3', count: 5 },
          { name: 'web-1', count: 2 },
        ],
      },
    ]);
    expect(subject.only).not.toHaveProperty('probation');
  });

  it.each([
    [{ count: 3, windowMs: 30_000 }, 'a', undefined, '3 in 30s'],
    [{ count: 3, windowMs: 7_200_000, by: 'user' }, 'bob', { user: 'amy' }, '3 in 2h by user: bob'],
  ] as const)('says what has reached it: %j', (wanted, key, captures, detail) => {
    const subject = new Subject();
    const changes = { threshold: { ...wanted }, ...(captures && { captures: { ...captures } }) };
    const three = [0, 1000, 2000].map((at) => ({ at, host: 'h', key }));
    subject.fold(hitOf([{ at: 0, host: 'h', key: 'amy' }, ...three], changes));
    expect(subject.only).toMatchObject({
      state: 'open',
      detail,
      ...(captures && { captures: { user: 'bob' } }),
    });
  });

  it('slides: lines further apart than the window are never counted together', () => {
    const subject = new Subject();
    for (let index = 0; index < 50; index++) subject.fold(hitOf(lines('a', index * 15_001), { threshold }));
    expect(subject.only).toMatchObject({ state: 'pending' });
    const { probation } = subject.only;
    expect(probation?.parts.length).toBeLessThan(20);
    // What has fallen out of the window is no line of what opens then.
    subject.fold(hitOf(lines('a', 750_000, 750_100, 750_200), { threshold }));
    expect(subject.only).toMatchObject({ state: 'open', count: 6 });
    expect(Date.parse(subject.only.firstSeen)).toBeGreaterThanOrEqual(Date.parse(iso(690_000)));
    expect(subject.only.exemplars.every(({ timestamp }) => timestamp >= subject.only.firstSeen)).toBe(true);
  });

  it('counts late lines in their own window only', () => {
    const subject = new Subject();
    const at = 10 * minute;
    subject.fold(hitOf(lines('a', at, at, at), { threshold }));
    const late = (moment: number) =>
      hitOf(lines('a', moment, moment), { threshold, arrivedAt: iso(at + 1000) });
    subject.fold(late(at - 70_000));
    subject.fold(late(at - 5 * minute));
    expect(subject.only.state).toBe('pending');
    subject.fold(late(at - 71_000));
    subject.fold(late(at - 69_000));
    expect(subject.only).toMatchObject({ state: 'open' });
  });

  it('judges a host whose clock is hours behind by its own time', () => {
    const subject = new Subject();
    const behind = 8 * 60 * minute;
    for (let index = 0; index < 4; index++) {
      const arrivedAt = iso(index * 10_000);
      subject.fold(hitOf(lines('right', index * 10_000), { threshold }));
      subject.fold(hitOf(lines('behind', index * 10_000 - behind), { threshold, arrivedAt }));
    }
    expect(subject.only.state).toBe('pending');
    subject.fold(hitOf(lines('behind', 40_000 - behind), { threshold, arrivedAt: iso(40_000) }));
    expect(subject.only).toMatchObject({ state: 'open', detail: '5 in 1m by host: behind' });
  });

  it('is forgotten with a tombstone when the window has passed by the clock, and not before', () => {
    const subject = new Subject();
    subject.fold(hitOf(lines('a', 0), { threshold }));
    subject.publish();
    expect(subject.published.size).toBe(1);
    subject.tickTo(minute - 1000);
    subject.tickTo(10 * minute, false);
    subject.publish();
    expect(subject.published.size).toBe(1);
    subject.tickTo(11 * minute);
    expect(subject.publish()).toEqual([]);
    expect(subject.published.size).toBe(0);
    expect(subject.size).toMatchObject({ pending: 0, bytes: 0 });
  });

  it('keeps a resolved incident resolved until it is reached again', () => {
    const subject = new Subject();
    subject.fold(hitOf(lines('a', 0, 1, 2, 3, 4), { threshold }));
    subject.tickTo(31 * minute);
    subject.publish();
    expect(subject.only).toMatchObject({ state: 'resolved', count: 5 });
    const again = 32 * minute;
    expect(subject.fold(hitOf(lines('a', again, again, again, again), { threshold }))).toBe(false);
    subject.takeOver();
    expect(subject.only).toMatchObject({ state: 'resolved', count: 5, openings: 1 });
    expect(subject.fold(hitOf(lines('a', again + 1000), { threshold }))).toBe(true);
    expect(subject.only).toMatchObject({ state: 'open', count: 10, openings: 2 });
  });

  it('drops what a resolved incident had of it when the window has passed', () => {
    const subject = new Subject();
    subject.fold(hitOf(lines('a', 0, 1, 2, 3, 4), { threshold }));
    subject.tickTo(31 * minute);
    subject.fold(hitOf(lines('a', 31 * minute), { threshold }));
    expect(subject.only).toHaveProperty('probation');
    subject.tickTo(33 * minute);
    expect(subject.only).not.toHaveProperty('probation');
    expect(subject.only).toMatchObject({ state: 'resolved', count: 5 });
  });

  it('is bounded: keys beyond the cap share one', () => {
    const subject = new Subject();
    for (let index = 0; index < 40 * keyCap; index++)
      subject.fold(
        hitOf([{ at: index % 7, host: 'h', key: `k${index}` }], {
          threshold: { ...byHost, count: 100_000, by: 'user' },
        }),
      );
    const [part] = subject.only.probation?.parts ?? [];
    expect(part?.keys).toHaveLength(keyCap + 1);
    expect(part?.count).toBe(40 * keyCap);
    expect(subject.size.bytes).toBeLessThan(30_000);
  });

  it('gives up what is pending for the bound before what is open', () => {
    const subject = new Subject({}, {}, 20_000);
    subject.fold(hitOf(lines('a', 0), { fingerprint: 'open' }));
    for (let index = 0; index < 50; index++)
      subject.fold(hitOf(lines('a', 0), { fingerprint: `p${index}`, threshold }));
    const { open, pending, evicted, bytes } = subject.size;
    expect({ open, known: pending + evicted }).toEqual({ open: 1, known: 50 });
    expect(evicted).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(20_000);
  });

  it('is decided at the end of a scan: not reached, no incident', () => {
    const subject = new Subject();
    subject.fold(hitOf(lines('a', 0, 1, 2, 3), { threshold }));
    subject.decide();
    expect(subject.incidents).toEqual([]);
  });

  const seed = 20_261_121;
  it(`counts exactly whatever the batches and the takeovers (seed ${seed})`, () => {
    const random = generator(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    let [opened, stayed] = [0, 0];
    for (let round = 0; round < 200; round++) {
      const by = ['host', 'user', undefined][below(3)];
      const wanted = { count: 2 + below(8), windowMs: 10_000 + below(50_000), ...(by && { by }) };
      let at = 0;
      const all = Array.from({ length: 1 + below(80) }, () => {
        at += below(random() < 0.1 ? 60_000 : 8000);
        return { at, host: `h${below(6)}`, key: `k${below(4)}` };
      });
      const fold = (cuts: () => boolean, takesOver: () => boolean) => {
        const subject = new Subject();
        for (let from = 0; from < all.length; ) {
          let to = from + 1;
          while (to < all.length && !cuts()) to += 1;
          subject.fold(hitOf(all.slice(from, to), { threshold: wanted }));
          if (takesOver()) subject.takeOver();
          from = to;
        }
        return subject.only;
      };
      const expected = fold(
        () => true,
        () => false,
      );
      const actual = fold(
        () => random() < 0.3,
        () => random() < 0.3,
      );
      const width = sliceWidth(wanted.windowMs);
      const slice = (moment: string) => Math.floor(Date.parse(moment) / width) * width;
      // Of a signal over several slices only their beginnings are known.
      const shown = ({ state, count, firstSeen, lastSeen, detail }: typeof actual) => ({
        ...{ state, detail },
        ...(state === 'open' && { count, lastSeen, firstSeen: slice(firstSeen) }),
      });
      expect(shown(actual)).toEqual(shown(expected));
      if (expected.state === 'open') opened += 1;
      else stayed += 1;
      // By a way of its own: is there a window, in slices, with enough lines of one key?
      const isReached = all.some((line, index) => {
        const key = (one: FailingLine) => (by === 'host' ? one.host : by === 'user' ? one.key : '');
        const window = all
          .slice(0, index + 1)
          .filter(
            (one) => key(one) === key(line) && slice(iso(one.at)) > slice(iso(line.at)) - wanted.windowMs,
          );
        return window.length >= wanted.count;
      });
      expect(expected.state).toBe(isReached ? 'open' : 'pending');
    }
    expect(Math.min(opened, stayed)).toBeGreaterThan(20);
  });
});
