import { describe, expect, it } from 'vitest';
import { clearOf, hitOf, Subject } from './testing/subject.ts';

const minute = 60_000;

/** Fails and is well again, a minute apart, so many times. */
function comesAndGoes(subject: Subject, times: number, from = 0): void {
  for (let time = 0; time < times; time++) {
    const at = from + time * 2 * minute;
    subject.tickTo(at);
    subject.fold(hitOf([{ at, host: 'a' }]));
    subject.tickTo(at + minute);
    subject.clear(clearOf('resolved-by', { a: at + minute }));
  }
}

describe('an incident that comes and goes', () => {
  it('is flapping from its fourth reopening on, and held open until it has been quiet for the whole time', () => {
    const subject = new Subject();
    comesAndGoes(subject, 4);
    subject.publish();
    expect(subject.only).toMatchObject({ state: 'resolved', openings: 4 });
    expect(subject.only).not.toHaveProperty('flapping');

    comesAndGoes(subject, 1, 8 * minute);
    const [became] = subject.publish();
    expect(became).toMatchObject({ state: 'open', openings: 5, flapping: true });
    expect(became?.materialRevision).toBe(became?.revision);
    expect(subject.size).toMatchObject({ flapping: 1, open: 1 });

    comesAndGoes(subject, 4, 10 * minute);
    const [goesOn] = subject.publish();
    expect(goesOn).toMatchObject({ state: 'open', openings: 5, count: 9, flapping: true });
    expect(goesOn?.materialRevision).toBe(became?.revision);

    const last = 16 * minute;
    subject.takeOver();
    subject.tickTo(last + 59 * minute);
    expect(subject.only).toMatchObject({ state: 'open', flapping: true });
    subject.tickTo(subject.now + 61 * minute);
    expect(subject.only).toMatchObject({ state: 'resolved', resolvedBy: 'quiet' });
    expect(subject.only).not.toHaveProperty('flapping');
    comesAndGoes(subject, 1, 3 * 60 * minute);
    expect(subject.only).toMatchObject({ state: 'resolved', openings: 6 });
  });

  it('remembers over takeovers how often it was reopened', () => {
    const subject = new Subject();
    for (let time = 0; time < 5; time++) {
      comesAndGoes(subject, 1, time * 2 * minute);
      subject.takeOver();
    }
    expect(subject.only).toMatchObject({ state: 'open', flapping: true });
  });

  it('is not where that took longer', () => {
    const subject = new Subject();
    for (let time = 0; time < 8; time++) comesAndGoes(subject, 1, time * 25 * minute);
    expect(subject.only).toMatchObject({ state: 'resolved', openings: 8 });
  });

  it('is as it is configured', () => {
    const subject = new Subject({ flapping: { openings: 1, withinMinutes: 5 } });
    comesAndGoes(subject, 3);
    expect(subject.only).toMatchObject({ state: 'open', openings: 3, flapping: true });
  });
});
