import { describe, expect, it } from 'vitest';
import type { Muted } from '#shared/model/index.ts';
import type { IncidentFacts } from './surroundings.ts';
import { clearOf, hitOf, Subject } from './testing/subject.ts';

const minute = 60_000;
const feedback: Muted = { control: 'c1', kind: 'feedback', by: 'li' };
const window: Muted = { control: 'nightly', kind: 'maintenance', by: 'logpatrol.yaml' };

/** A correlator whose judge says what it is told to. */
function judged(said?: Muted) {
  const desk: { said: Muted | undefined; asked: IncidentFacts[] } = { said, asked: [] };
  const subject = new Subject(
    {},
    {
      judge: (facts) => {
        desk.asked.push(facts);
        return desk.said;
      },
    },
  );
  return { desk, subject };
}

describe('what people want quiet', () => {
  it('is muted before anybody hears of it, by what it is', () => {
    const { desk, subject } = judged(feedback);
    const template = { id: 't1', text: 'too many <*>' };
    expect(subject.fold(hitOf([{ at: 0, host: 'a' }], { template }))).toBe(true);
    expect(subject.publish()).toMatchObject([{ muted: feedback, revision: 1 }]);
    expect(desk.asked).toEqual([
      {
        incident: expect.stringMatching(/^0-00112233445566aa-/),
        opening: 1,
        fingerprint: '00112233445566aa',
        template: 't1',
        rule: 'database.too-many-connections',
        service: 'orders',
        type: 'app',
        hosts: ['a'],
        pinned: false,
        count: 1,
      },
    ]);
    expect(subject.size.muted).toBe(1);
  });

  it('is judged again on every tick: muting and unmuting are material, another reason is not', () => {
    const { desk, subject } = judged();
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    expect(subject.publish()).toMatchObject([{ materialRevision: 1 }]);
    desk.said = window;
    subject.tickTo(1000);
    expect(subject.publish()).toMatchObject([{ muted: window, materialRevision: 2 }]);
    desk.said = feedback;
    subject.tickTo(2000);
    expect(subject.publish()).toMatchObject([{ muted: feedback, revision: 3, materialRevision: 2 }]);
    desk.said = undefined;
    subject.tickTo(3000);
    const [unmuted] = subject.publish();
    expect(unmuted).toMatchObject({ materialRevision: 4 });
    expect(unmuted).not.toHaveProperty('muted');
    subject.tickTo(4000);
    expect(subject.publish()).toEqual([]);
  });

  it('is judged again after a takeover', () => {
    const { desk, subject } = judged(window);
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.takeOver();
    desk.said = undefined;
    subject.tickTo(1000);
    expect(subject.publish()).toMatchObject([{ revision: 2, materialRevision: 2 }]);
    expect(subject.only).not.toHaveProperty('muted');
  });

  it('is judged again when it reopens', () => {
    const { desk, subject } = judged(feedback);
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    subject.clear(clearOf('resolved-by', { a: 1000 }));
    desk.said = undefined;
    subject.tickTo(minute);
    expect(subject.only).toMatchObject({ state: 'resolved', muted: feedback });
    subject.fold(hitOf([{ at: minute, host: 'a' }]));
    expect(subject.only).not.toHaveProperty('muted');
  });

  it('is never what a rule pins', () => {
    const { subject } = judged(feedback);
    subject.fold(hitOf([{ at: 0, host: 'a' }], { pinned: true }));
    expect(subject.only).not.toHaveProperty('muted');
    subject.tickTo(1000);
    expect(subject.only).not.toHaveProperty('muted');
    subject.fold(hitOf([{ at: 2000, host: 'a' }], { pinned: false }));
    subject.tickTo(2000);
    expect(subject.only).toMatchObject({ muted: feedback });
    subject.fold(hitOf([{ at: 3000, host: 'a' }], { pinned: true }));
    subject.tickTo(3000);
    expect(subject.only).not.toHaveProperty('muted');
  });

  it.each([
    [feedback, 1],
    [window, 3],
  ])('muted by %j, growth leaves the material revision at %i', (said, materialRevision) => {
    const { subject } = judged(said);
    for (let lines = 1; lines <= 100; lines *= 10) {
      subject.fold(hitOf(Array.from({ length: lines }, () => ({ at: 0, host: 'a' }))));
      subject.publish();
    }
    expect(subject.only).toMatchObject({ count: 111, materialRevision });
  });

  it('is not asked about what is pending or over', () => {
    const { desk, subject } = judged(feedback);
    subject.fold(hitOf([{ at: 0, host: 'a' }], { threshold: { count: 2, windowMs: minute } }));
    subject.tickTo(3000);
    expect(desk.asked).toEqual([]);
  });
});

describe('what is known from good logs', () => {
  it('is marked from its opening on, for as long as it is', () => {
    let known = new Set(['orders']);
    const subject = new Subject({}, { isKnownGood: ({ service }) => known.has(service) });
    subject.fold(hitOf([{ at: 0, host: 'a' }]));
    expect(subject.publish()).toMatchObject([{ knownGood: true, revision: 1 }]);
    known = new Set();
    subject.tickTo(1000);
    expect(subject.publish()).toHaveLength(1);
    expect(subject.only).not.toHaveProperty('knownGood');
    subject.tickTo(2000);
    expect(subject.publish()).toEqual([]);
  });
});
