import { describe, expect, it } from 'vitest';
import { hostCap } from './host-counts.ts';
import { generator } from './testing/random.ts';
import { clearOf, hitOf, iso, Subject } from './testing/subject.ts';
import { excuse } from './unless.ts';

const minute = 60_000;
const second = 1000;

describe('a line that says that it is over', () => {
  it('resolves an incident once every host that failed has said so after its last line', () => {
    const subject = new Subject();
    subject.fold(
      hitOf([
        { at: 0, host: 'a' },
        { at: 5 * second, host: 'b' },
      ]),
    );
    expect(subject.clear(clearOf('resolved-by', { a: 10 * second }))).toBe(true);
    subject.publish();
    expect(subject.only.state).toBe('open');
    expect(subject.clear(clearOf('resolved-by', { other: 20 * second }))).toBe(false);
    expect(subject.clear(clearOf('resolved-by', { b: 4 * second }))).toBe(false);
    expect(subject.only.state).toBe('open');
    expect(subject.clear(clearOf('resolved-by', { b: 30 * second }))).toBe(true);
    expect(subject.publish()).toMatchObject([
      {
        state: 'resolved',
        resolvedBy: 'line',
        resolvedAt: iso(30 * second),
        clearedBy: { text: 'well', host: 'b' },
        count: 2,
      },
    ]);
  });

  it('is not heard of a host that has failed since, nor in the same millisecond', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: second, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: second }));
    expect(subject.only.state).toBe('open');
    subject.fold(hitOf([{ at: 10 * second, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: 9 * second }));
    expect(subject.only.state).toBe('open');
    subject.clear(clearOf('resolved-by', { a: 11 * second }));
    expect(subject.only.state).toBe('resolved');
  });

  it('is followed by a line that reopens, but not by one that only came late', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: 10 * second }));
    subject.publish();
    expect(subject.fold(hitOf([{ at: 9 * second, host: 'a' }]))).toBe(false);
    expect(subject.only).toMatchObject({ state: 'resolved', count: 2, openings: 1 });
    expect(subject.fold(hitOf([{ at: 11 * second, host: 'a' }]))).toBe(true);
    expect(subject.only).toMatchObject({ state: 'open', count: 3, openings: 2 });
    expect(subject.only).not.toHaveProperty('clearedBy');
  });

  it('does not hold back late lines of which some are of hosts that no signal names', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: 10 * second }));
    subject.publish();
    expect(subject.fold(hitOf([{ at: 9 * second, host: 'a' }], { count: 3, otherHostsCount: 2 }))).toBe(true);
    expect(subject.only).toMatchObject({ state: 'open', count: 4, openings: 2 });
  });

  it.each([
    ['another rule', { rule: 'other' }],
    ['another service', { service: 'other' }],
    ['another capture', { captures: { volume: 'md1' } }],
  ])('does not concern an incident of %s', (_, changes) => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], { captures: { volume: 'md0', disk: 'sda' } }));
    subject.clear(clearOf('resolved-by', { a: second }, changes));
    expect(subject.only.state).toBe('open');
    subject.clear(clearOf('resolved-by', { a: second }, { captures: { volume: 'md0' } }));
    expect(subject.only.state).toBe('resolved');
  });

  it('does not resolve where not every host is known by name', () => {
    const subject = new Subject();
    const hosts = Array.from({ length: hostCap + 10 }, (_, index) => `h${index}`);
    subject.fold(hitOf(hosts.map((host) => ({ at: 0, host }))));
    subject.clear(clearOf('resolved-by', Object.fromEntries(hosts.map((host) => [host, second]))));
    expect(subject.only.state).toBe('open');
    subject.tickTo(31 * minute);
    expect(subject.only).toMatchObject({ state: 'resolved', resolvedBy: 'quiet' });
  });

  it('is said of the whole failure where it names no host', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.clear(clearOf('resolved-by', {}));
    expect(subject.only).toMatchObject({ state: 'resolved', resolvedBy: 'line' });
  });

  it('is heard once: a service that says every second that it is well changes nothing', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: second }));
    subject.publish();
    for (let at = 2; at < 100; at++) subject.clear(clearOf('resolved-by', { a: at * second }));
    expect(subject.publish()).toEqual([]);
  });

  it('is remembered over a takeover', () => {
    const subject = new Subject();
    subject.fold(
      hitOf([
        { at: 0, host: 'a' },
        { at: 0, host: 'b' },
      ]),
    );
    subject.clear(clearOf('resolved-by', { a: second }));
    subject.takeOver();
    subject.clear(clearOf('resolved-by', { b: second }));
    expect(subject.only.state).toBe('resolved');
  });

  const seed = 7_041_992;
  it(`gives the same incident in whatever order it is read (seed ${seed})`, () => {
    const random = generator(seed);
    for (let round = 0; round < 200; round++) {
      const signals = Array.from({ length: 6 }, (_, index) => {
        const host = `h${Math.floor(random() * 2)}`;
        return { host, at: index * second, isClear: random() < 0.5 };
      });
      const read = (order: typeof signals) => {
        const subject = new Subject();
        for (const { host, at, isClear } of order)
          if (isClear) subject.clear(clearOf('resolved-by', { [host]: at }));
          else subject.fold(hitOf([{ at, host }]));
        return subject.incidents.map(({ state, count }) => [state, count]);
      };
      const shuffled = signals
        .map((signal) => ({ signal, by: random() }))
        .sort((a, b) => a.by - b.by)
        .map(({ signal }) => signal);
      expect(read(shuffled)).toEqual(read(signals));
      const failed = signals.filter(({ isClear }) => !isClear);
      const isOver = failed.every(({ host, at }) =>
        signals.some((one) => one.isClear && one.host === host && one.at > at),
      );
      const expected = failed.length === 0 ? [] : [[isOver ? 'resolved' : 'open', failed.length]];
      expect(read(signals)).toEqual(expected);
    }
  });
});

describe('a line that excuses a failure', () => {
  const unless = { unlessWithinMs: 30 * second };

  it('takes the lines of its host back, and what remains opens when the time is over', () => {
    const subject = new Subject();
    expect(
      subject.fold(
        hitOf(
          [
            { at: 0, host: 'a' },
            { at: second, host: 'b' },
            { at: 2 * second, host: 'b' },
          ],
          unless,
        ),
      ),
    ).toBe(false);
    subject.tickTo(10 * second);
    subject.clear(clearOf('unless', { a: 10 * second }));
    subject.tickTo(30 * second);
    expect(subject.only).toMatchObject({ state: 'pending', count: 0 });
    subject.tickTo(40 * second);
    expect(subject.only).toMatchObject({
      state: 'open',
      count: 2,
      hosts: [{ name: 'b', count: 2 }],
      exemplars: [{ host: 'b' }, { host: 'b' }],
    });
  });

  it('leaves nothing where all of it is excused', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], unless));
    subject.publish();
    subject.clear(clearOf('unless', { a: 29 * second }));
    subject.publish();
    expect(subject.published.size).toBe(0);
    subject.tickTo(2 * minute);
    expect(subject.publish()).toEqual([]);
  });

  it.each([
    ['it comes too late', 31 * second, {}],
    ['it came before', -second, {}],
    ['it is of another host', 5 * second, { hosts: [{ name: 'b', lastSeen: iso(5 * second) }] }],
    ['it ends incidents instead', 5 * second, { purpose: 'resolved-by' as const }],
  ])('does not where %s', (_, at, changes) => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], unless));
    subject.clear(clearOf('unless', { a: at }, changes));
    subject.tickTo(40 * second);
    expect(subject.only).toMatchObject({ count: 1, openings: 1 });
    expect(subject.only.state).not.toBe('pending');
  });

  it('does so where it was read before its failure', () => {
    const subject = new Subject();
    subject.clear(clearOf('unless', { a: 20 * second }));
    expect(subject.fold(hitOf([{ at: 0, host: 'a' }], unless))).toBe(false);
    expect(subject.incidents).toEqual([]);
    expect(subject.publish()).toEqual([]);
    subject.fold(hitOf([{ at: 21 * second, host: 'a' }], unless));
    subject.tickTo(minute);
    expect(subject.only).toMatchObject({ state: 'open', count: 1 });
  });

  it('is not waited for by the clock while newer signals wait', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], unless));
    subject.tickTo(10 * minute, false);
    expect(subject.only.state).toBe('pending');
    subject.fold(hitOf([{ at: 33 * second, host: 'a' }], unless));
    subject.tickTo(subject.now + second, false);
    expect(subject.only).toMatchObject({ state: 'open', count: 2 });
  });

  it('is waited for anew where an incident is resolved', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], unless));
    subject.tickTo(32 * minute);
    expect(subject.only.state).toBe('resolved');
    const again = 33 * minute;
    subject.fold(hitOf([{ at: again, host: 'a' }], unless));
    subject.takeOver();
    subject.clear(clearOf('unless', { a: again + second }));
    expect(subject.only).toMatchObject({ state: 'resolved', count: 1 });
    expect(subject.only).not.toHaveProperty('probation');
    subject.fold(hitOf([{ at: again + 2 * second, host: 'a' }], unless));
    subject.tickTo(35 * minute);
    expect(subject.only).toMatchObject({ state: 'open', count: 2, openings: 2 });
  });

  it('lowers what counts towards a threshold', () => {
    const subject = new Subject();
    const both = { ...unless, threshold: { count: 3, windowMs: minute, by: 'host' } };
    const lines = [0, 1, 2].map((at) => ({ at: at * second, host: 'a' }));
    subject.fold(hitOf(lines, both));
    subject.clear(clearOf('unless', { a: 3 * second }));
    expect(subject.incidents).toEqual([]);
    subject.fold(
      hitOf(
        lines.map(({ at, host }) => ({ at: at + 10 * second, host })),
        both,
      ),
    );
    expect(subject.only.state).toBe('pending');
    subject.tickTo(50 * second);
    expect(subject.only).toMatchObject({ state: 'open', count: 3, detail: '3 in 1m by host: a' });
  });

  it('has nothing to excuse any more at the end of a scan', () => {
    const subject = new Subject();
    subject.fold(hitOf([{ at: 0, host: 'a' }], unless));
    subject.decide();
    expect(subject.only).toMatchObject({ state: 'open', count: 1 });
  });

  const seed = 19_850_713;
  it(`leaves the same lines whatever the order, the batches and the takeovers (seed ${seed})`, () => {
    const random = generator(seed);
    let excused = 0;
    for (let round = 0; round < 200; round++) {
      const lines = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, index) => ({
        at: index * 20 * second + Math.floor(random() * 9 * second),
        host: `h${Math.floor(random() * 3)}`,
      }));
      const clears = Array.from({ length: Math.floor(random() * 5) }, () => ({
        at: Math.floor(random() * 120 * second),
        host: `h${Math.floor(random() * 3)}`,
      }));
      const left = lines.filter(
        (line) =>
          !clears.some(({ at, host }) => host === line.host && at >= line.at && at - line.at <= 30 * second),
      );
      excused += lines.length - left.length;
      const subject = new Subject();
      const signals = [
        ...lines.map((line) => () => subject.fold(hitOf([line], unless))),
        ...clears.map(
          ({ at, host }) =>
            () =>
              subject.clear(clearOf('unless', { [host]: at })),
        ),
      ];
      // A takeover forgets clears that came before what they excuse.
      const isInOrder = random() < 0.5;
      const order = signals.map((signal, index) => ({ signal, by: isInOrder ? index : random() }));
      for (const { signal } of order.sort((a, b) => a.by - b.by)) {
        signal();
        if (isInOrder && random() < 0.3) subject.takeOver();
      }
      subject.decide();
      expect(subject.incidents.map(({ state, count }) => [state, count])).toEqual(
        left.length === 0 ? [] : [['open', left.length]],
      );
    }
    expect(excused).toBeGreaterThan(50);
  });
});

describe('an excuse under a threshold by a capture', () => {
  it("never takes another host's key below the threshold", () => {
    const part = {
      at: 0,
      ...{ firstSeen: 0, lastSeen: 0, arrivedAt: 0 },
      count: 10,
      keys: [
        { key: 'of-b', count: 5 },
        { key: 'of-a', count: 2 },
        { key: 'of-a-too', count: 3 },
      ],
      hosts: [
        { name: 'a', count: 5, lastSeen: 0 },
        { name: 'b', count: 5, lastSeen: 0 },
      ],
    };
    expect(excuse([part], 'a', second, minute)).toMatchObject([
      { count: 5, keys: [{ key: 'of-b', count: 5 }], hosts: [{ name: 'b' }] },
    ]);
  });
});
