import { describe, expect, it } from 'vitest';
import type { ActionSignal } from '#shared/model/index.ts';
import { historyCap } from './handling.ts';
import { actionOf, clearOf, hitOf, iso, Subject } from './testing/subject.ts';

const minute = 60_000;
const wang = { id: 'wang', name: '王芳' };
const zhao = { id: 'zhao', name: 'Zhao' };
const threshold = { count: 3, windowMs: minute };

/** An open incident, published, and what people can do about it. */
function opened(...[changes = {}, surroundings = {}]: ConstructorParameters<typeof Subject>) {
  const subject = new Subject(changes, surroundings);
  subject.fold(hitOf([{ at: 0, host: 'a' }]));
  const [incident] = subject.publish();
  if (incident === undefined) throw new Error('no incident');
  const act = (action: ActionSignal['action'], at: number, over: Partial<ActionSignal> = {}) =>
    subject.act(actionOf(action, at, { incidentId: incident.id, ...over }));
  const line = (at: number, host = 'a') => {
    subject.tickTo(at);
    subject.fold(hitOf([{ at, host }]));
  };
  return { subject, act, line, id: incident.id };
}

describe('a person', () => {
  it('takes an incident on: it stays theirs while lines come, over takeovers, until it is quiet', () => {
    const { subject, act, line } = opened();
    subject.tickTo(1000);
    expect(act('acknowledge', 900, { note: 'on it' })).toBe('done');
    const [taken] = subject.publish();
    expect(taken).toMatchObject({
      ...{ state: 'acknowledged', acknowledged: { by: wang, at: iso(900) }, assignee: wang },
      history: [{ id: 'acknowledge-900', action: 'acknowledge', by: wang, at: iso(900), note: 'on it' }],
      // The model has nothing to say about it.
      ...{ revision: 2, materialRevision: 1 },
    });
    for (let count = 2; count <= 12; count++) line(count * minute, `h${count}`);
    subject.takeOver();
    expect(subject.only).toMatchObject({ state: 'acknowledged', count: 12, assignee: wang });
    subject.tickTo(subject.now + 31 * minute);
    expect(subject.only).toMatchObject({ state: 'resolved', resolvedBy: 'quiet', assignee: wang });
  });

  it('takes it from another, and hands it over', () => {
    const { subject, act } = opened();
    expect(act('acknowledge', 1)).toBe('done');
    expect(act('acknowledge', 2, { by: zhao })).toBe('done');
    expect(subject.only).toMatchObject({ acknowledged: { by: zhao }, assignee: zhao });
    expect(act('hand-over', 3, { by: zhao, to: wang })).toBe('done');
    expect(subject.only).toMatchObject({ state: 'acknowledged', acknowledged: { by: zhao }, assignee: wang });
    expect(act('hand-over', 4)).toBe('noted');
    expect(subject.only).toMatchObject({ assignee: wang, history: [{}, {}, { to: wang }, {}] });
  });

  it('hands over what nobody has taken on, which leaves it open', () => {
    const { subject, act } = opened();
    act('hand-over', 1, { to: zhao });
    expect(subject.only).toMatchObject({ state: 'open', assignee: zhao });
    expect(subject.only).not.toHaveProperty('acknowledged');
  });

  it('resolves it, whether it was taken on or not, which is material', () => {
    const { subject, act } = opened();
    act('acknowledge', 1);
    subject.publish();
    subject.tickTo(5000);
    expect(act('resolve', 4000, { by: zhao })).toBe('done');
    const [resolved] = subject.publish();
    expect(resolved).toMatchObject({
      ...{ state: 'resolved', resolvedBy: 'person', resolvedAt: iso(4000), assignee: wang },
      ...{ revision: 3, materialRevision: 3, history: [{ by: wang }, { action: 'resolve', by: zhao }] },
    });
    expect(resolved).not.toHaveProperty('clearedBy');
  });

  it('does not resolve it later than now, whatever their clock says', () => {
    const { subject, act } = opened();
    subject.tickTo(5000);
    act('resolve', 90 * minute);
    expect(subject.only.resolvedAt).toBe(iso(5000));
  });

  it.each(['not-a-problem', 'silence-1h', 'silence-8h', 'silence-until-resolved'] as const)(
    'is on record with %s, which a control carries out',
    (action) => {
      const { subject, act } = opened();
      expect(act(action, 1)).toBe('noted');
      const [incident] = subject.publish();
      expect(incident).toMatchObject({ state: 'open', history: [{ action }], materialRevision: 1 });
      expect(incident).not.toHaveProperty('muted');
    },
  );
});

describe('lines after a person has resolved it', () => {
  it('that were under way are counted and reopen nothing; later ones do', () => {
    const { subject, act, line } = opened();
    subject.tickTo(10_000);
    act('resolve', 9000);
    subject.publish();
    expect(subject.fold(hitOf([{ at: 8000, host: 'b' }]))).toBe(false);
    expect(subject.only).toMatchObject({ state: 'resolved', count: 2, openings: 1, hostCount: 2 });
    // A successor knows as much.
    subject.takeOver();
    expect(subject.fold(hitOf([{ at: 8999, host: 'a' }]))).toBe(false);
    expect(subject.only).toMatchObject({ state: 'resolved', count: 3 });
    // In the same millisecond nobody knows, and a failure must not be taken for mended.
    line(9000);
    expect(subject.only).toMatchObject({ state: 'open', count: 4, openings: 2 });
  });

  it('of which the newest is later, reopen it', () => {
    const { subject, act } = opened();
    act('resolve', 9000);
    expect(subject.fold(hitOf([8000, 9500].map((at) => ({ at, host: 'a' }))))).toBe(true);
    expect(subject.only).toMatchObject({ state: 'open', count: 3 });
  });

  it('have to reach the threshold again, but for those that were under way', () => {
    const subject = new Subject();
    const lines = (...moments: number[]) =>
      subject.fold(
        hitOf(
          moments.map((at) => ({ at, host: 'a' })),
          { threshold },
        ),
      );
    lines(0, 1, 2);
    const { id: incidentId } = subject.only;
    subject.tickTo(5000);
    subject.act(actionOf('resolve', 4000, { incidentId }));
    lines(3000);
    expect(subject.only).toMatchObject({ state: 'resolved', count: 4 });
    lines(6000, 6001);
    expect(subject.only).toMatchObject({ state: 'resolved', count: 4 });
    lines(6002);
    expect(subject.only).toMatchObject({ state: 'open', count: 7, openings: 2 });
  });

  it('find nobody who has taken it on, and the history of who had', () => {
    const { subject, act, line } = opened();
    act('acknowledge', 1000);
    act('resolve', 2000);
    line(3000);
    const [reopened] = subject.publish();
    expect(reopened).toMatchObject({ state: 'open', openings: 2, history: [{}, { action: 'resolve' }] });
    expect(reopened).not.toHaveProperty('acknowledged');
    expect(reopened).not.toHaveProperty('assignee');
    expect(reopened?.materialRevision).toBe(reopened?.revision);
  });

  it('make it flap where that happens often enough; a person resolves it even then', () => {
    const { subject, act, line } = opened();
    for (let time = 1; time <= 4; time++) {
      act('resolve', time * minute - 1);
      line(time * minute);
    }
    expect(subject.only).toMatchObject({ state: 'open', openings: 5, flapping: true });
    subject.clear(clearOf('resolved-by', { a: 5 * minute }));
    expect(subject.only).toMatchObject({ state: 'open', flapping: true });
    expect(act('acknowledge', 5 * minute)).toBe('done');
    expect(subject.only).toMatchObject({ state: 'acknowledged', flapping: true });
    subject.tickTo(6 * minute);
    expect(act('resolve', 6 * minute)).toBe('done');
    expect(subject.only).toMatchObject({ state: 'resolved', resolvedBy: 'person' });
    line(7 * minute);
    expect(subject.only).toMatchObject({ state: 'open', flapping: true });
  });
});

describe('an action', () => {
  it('counts once by its id, over takeovers', () => {
    const { subject, act } = opened();
    expect(act('acknowledge', 1)).toBe('done');
    expect(act('resolve', 2)).toBe('done');
    subject.takeOver();
    const before = subject.only;
    expect(act('acknowledge', 1)).toBe('repeated');
    expect(act('resolve', 2)).toBe('repeated');
    expect(subject.only).toEqual(before);
    expect(subject.publish()).toEqual([]);
  });

  it('that comes again when others have pushed it out of the history changes nothing', () => {
    const { subject, act, line } = opened();
    expect(act('resolve', 1)).toBe('done');
    line(2);
    for (let at = 3; at < 3 + historyCap; at++) expect(act('hand-over', at, { to: zhao })).toBe('done');
    expect(subject.only.history).toHaveLength(historyCap);
    expect(act('resolve', 1)).toBe('repeated');
    expect(subject.only).toMatchObject({ state: 'open', assignee: zhao });
  });

  it.each(['acknowledge', 'resolve', 'hand-over'] as const)(
    'about what is resolved is on record only: %s',
    (action) => {
      const { subject, act } = opened();
      act('resolve', 1);
      expect(act(action, 2, { by: zhao, to: zhao })).toBe('noted');
      expect(subject.only).toMatchObject({
        state: 'resolved',
        resolvedAt: iso(0),
        history: [{}, { action }],
      });
      expect(subject.only).not.toHaveProperty('assignee');
    },
  );

  it('from before it was reopened is on record only', () => {
    const { subject, act, line } = opened();
    act('resolve', 1000);
    line(9000);
    expect(act('resolve', 8000)).toBe('noted');
    expect(act('acknowledge', 8999)).toBe('noted');
    expect(subject.only).toMatchObject({ state: 'open', openings: 2 });
    expect(act('acknowledge', 9000)).toBe('done');
  });

  it('about what is unknown, pending or forgotten is passed over', () => {
    const { subject, act, id } = opened({ quietMinutes: 1, reopenHours: 1 });
    expect(act('acknowledge', 1, { incidentId: '0-elsewhere-1' })).toBe('unknown');
    subject.tickTo(69 * minute);
    subject.publish();
    subject.tickTo(70 * minute);
    subject.publish();
    expect(subject.incidents).toEqual([]);
    expect(act('acknowledge', 70 * minute, { incidentId: id })).toBe('unknown');
    subject.fold(hitOf([{ at: 70 * minute, host: 'a' }], { threshold }));
    expect(subject.only.state).toBe('pending');
    expect(act('acknowledge', 70 * minute, { incidentId: subject.only.id })).toBe('unknown');
  });

  it('with names as long as they may be is within what the state is said to weigh', () => {
    const { subject, act } = opened();
    const long = { id: 'i'.repeat(200), name: '名'.repeat(200) };
    const before = subject.size.bytes;
    for (let at = 1; at <= 2 * historyCap; at++)
      act('hand-over', at, { id: 'x'.repeat(200) + at, by: long, to: long, note: '注'.repeat(500) });
    const { bytes } = subject.size;
    const written = Buffer.byteLength(JSON.stringify(subject.only.history), 'utf16le');
    expect(bytes - before).toBeGreaterThan(written * 0.9);
    expect(bytes - before).toBeLessThan(64 * 1024);
  });
});
