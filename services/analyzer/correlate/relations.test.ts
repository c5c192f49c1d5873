import { describe, expect, it } from 'vitest';
import { type Hit, isTakenIn, type Muted } from '#shared/model/index.ts';
import { dependantCap } from './relatives.ts';
import type { Topology } from './surroundings.ts';
import { clearOf, hitOf, Subject } from './testing/subject.ts';

const minute = 60_000;

/** web → api → db, as a topology with what each needs through others. */
const needs: Record<string, string[]> = { web: ['api', 'db'], api: ['db'] };
const topology: Topology = { dependenciesOf: (service) => new Set(needs[service]) };

function fails(subject: Subject, service: string, at: number, changes: Partial<Hit> = {}): void {
  subject.tickTo(at);
  subject.fold(
    hitOf([{ at, host: `${service}-1` }], { service, fingerprint: service, title: service, ...changes }),
  );
}

function incidentOf(subject: Subject, fingerprint: string) {
  const incident = subject.incidents.find((one) => one.fingerprint === fingerprint);
  if (incident === undefined) throw new Error(`no incident ${fingerprint}`);
  return incident;
}

const causeOf = (subject: Subject, fingerprint: string) => incidentOf(subject, fingerprint).causedBy?.service;

describe('an incident', () => {
  it('is taken in by that of a dependency which opened shortly before', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'db', 0);
    subject.publish();
    fails(subject, 'api', 5 * minute);
    const told = subject.publish();
    expect(
      told.map(({ service, materialRevision, revision }) => [service, revision, materialRevision]),
    ).toEqual([
      ['api', 1, 1],
      ['db', 2, 1],
    ]);
    const [api, db] = told;
    expect(api?.causedBy).toEqual({ id: db?.id, service: 'db', title: 'db' });
    expect(db).toMatchObject({
      dependants: [{ id: api?.id, service: 'api', title: 'api' }],
      dependantCount: 1,
    });
    expect([api, db].map((one) => one && isTakenIn(one))).toEqual([true, false]);
  });

  it('is related as well where the cause opens after it, which is not material', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'api', 0);
    subject.publish();
    fails(subject, 'db', minute);
    const api = subject.publish().find(({ service }) => service === 'api');
    expect(api).toMatchObject({ causedBy: { service: 'db' }, revision: 2, materialRevision: 1 });
  });

  it('is caused by the deepest dependency that fails, of several by what began first', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'api', 0);
    fails(subject, 'web', minute);
    expect(causeOf(subject, 'web')).toBe('api');
    fails(subject, 'db', 2 * minute, { fingerprint: 'db-2' });
    fails(subject, 'db', 2 * minute - 1000, { fingerprint: 'db-1' });
    for (const service of ['web', 'api'])
      expect(incidentOf(subject, service).causedBy?.id).toBe(incidentOf(subject, 'db-1').id);
    expect(incidentOf(subject, 'db-1').dependantCount).toBe(2);
    expect(incidentOf(subject, 'db-2')).not.toHaveProperty('dependants');
    expect(incidentOf(subject, 'api')).not.toHaveProperty('dependantCount');
  });

  it('is handed on when what it was taken in by is taken in itself', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'api', 0);
    fails(subject, 'db', 9 * minute);
    // Too long after the database began, but not after the API did.
    fails(subject, 'web', -8 * minute);
    expect(causeOf(subject, 'web')).toBe('db');
  });

  it.each<[string, Partial<Hit>, number]>([
    ['a notice', { severity: 'info' }, minute],
    ['one of long ago', {}, 11 * minute],
    ['one of another service', { service: 'cache' }, minute],
    ['one of old lines', { arrivedAt: new Date(Date.UTC(2026, 0, 6)).toISOString() }, minute],
  ])('is not taken in by %s', (_, changes, at) => {
    const subject = new Subject({}, { topology });
    fails(subject, 'db', 0, changes);
    fails(subject, 'api', at);
    expect(causeOf(subject, 'api')).toBeUndefined();
  });

  it('is not taken in by what is muted, and is told itself when that becomes so', () => {
    const muted = new Map<string, Muted>([['db', { control: 'c', kind: 'feedback', by: 'li' }]]);
    const subject = new Subject({}, { topology, judge: ({ service }) => muted.get(service) });
    fails(subject, 'db', 0);
    fails(subject, 'api', 1000);
    expect(causeOf(subject, 'api')).toBeUndefined();

    muted.clear();
    subject.tickTo(2000);
    fails(subject, 'api', 3000, { fingerprint: 'later' });
    expect(causeOf(subject, 'later')).toBe('db');
    subject.publish();
    muted.set('db', { control: 'c', kind: 'silence', by: 'li' });
    subject.tickTo(4000);
    const later = subject.publish().find(({ fingerprint }) => fingerprint === 'later');
    expect(later?.causedBy).toBeUndefined();
    expect(later?.materialRevision).toBe(later?.revision);
    expect(incidentOf(subject, 'db')).not.toHaveProperty('dependants');
  });

  it('shows its cause and is told itself where its rule is pinned', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'db', 0);
    fails(subject, 'api', 1000, { pinned: true, severity: 'critical' });
    expect(causeOf(subject, 'api')).toBe('db');
    expect(isTakenIn(incidentOf(subject, 'api'))).toBe(false);
  });

  it('is told on its own where it goes on for long after its cause is over', () => {
    const subject = new Subject({ quietMinutes: 60 }, { topology });
    const dbIsWell = (at: number) => subject.clear(clearOf('resolved-by', { 'db-1': at }, { service: 'db' }));
    fails(subject, 'db', 0);
    fails(subject, 'api', minute);
    fails(subject, 'web', minute);
    dbIsWell(5 * minute);
    fails(subject, 'api', 14 * minute);
    subject.tickTo(16 * minute);
    subject.publish();
    expect([causeOf(subject, 'api'), causeOf(subject, 'web')]).toEqual(['db', 'db']);
    fails(subject, 'api', 17 * minute);
    subject.tickTo(17 * minute + 1000);
    const [api] = subject.publish().filter(({ service }) => service === 'api');
    expect(api?.causedBy).toBeUndefined();
    expect(api?.materialRevision).toBe(api?.revision);
    // Nothing has come of this one since.
    expect(causeOf(subject, 'web')).toBe('db');
  });

  it('keeps its relations over a takeover, judged by the topology of then', () => {
    let known = needs;
    const changing: Topology = { dependenciesOf: (service) => new Set(known[service]) };
    const subject = new Subject({}, { topology: changing });
    fails(subject, 'db', 0);
    fails(subject, 'api', 1000);
    subject.takeOver();
    subject.tickTo(2000);
    expect(subject.publish()).toEqual([]);
    expect(causeOf(subject, 'api')).toBe('db');

    known = {};
    subject.tickTo(3000);
    expect(causeOf(subject, 'api')).toBeUndefined();
    known = needs;
    subject.tickTo(4000);
    expect(causeOf(subject, 'api')).toBeUndefined();
    subject.takeOver();
    subject.tickTo(5000);
    expect(causeOf(subject, 'api')).toBe('db');
  });

  it('names some of what it has taken in, and counts all of it once', () => {
    const subject = new Subject({}, { topology });
    fails(subject, 'db', 0);
    for (let index = 0; index < dependantCap + 5; index++)
      fails(subject, 'api', 1000, { fingerprint: `api-${index}` });
    for (let index = 0; index < 5; index++) {
      subject.clear(clearOf('resolved-by', { 'api-1': 2000 + index }, { service: 'api' }));
      fails(subject, 'api', 3000 + index, { fingerprint: 'api-0' });
    }
    const { dependants, dependantCount } = incidentOf(subject, 'db');
    expect(dependants).toHaveLength(dependantCap);
    expect(dependantCount).toBe(dependantCap + 5);
  });

  it('comes to an end where services need one another in a circle', () => {
    const subject = new Subject(
      {},
      {
        topology: { dependenciesOf: (service) => new Set(['a', 'b', 'c'].filter((one) => one !== service)) },
      },
    );
    for (const service of ['a', 'b', 'c']) fails(subject, service, 0);
    subject.tickTo(5000);
    expect(['a', 'b', 'c'].map((service) => causeOf(subject, service))).toEqual([undefined, 'a', 'a']);
  });

  it('is one for all hosts that have the same failure', () => {
    const subject = new Subject({}, { topology });
    for (let index = 0; index < 30; index++) subject.fold(hitOf([{ at: index, host: `web-${index}` }]));
    expect(subject.only).toMatchObject({ count: 30, hostCount: 30, openings: 1 });
  });
});
