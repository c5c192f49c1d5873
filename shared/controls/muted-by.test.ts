import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Control } from '#shared/model/index.ts';
import { type MuteFacts, mutedBy } from './muted-by.ts';

const now = Date.parse('2026-11-21T01:00:00.000Z');

const facts: MuteFacts = {
  fingerprint: 'f1',
  template: 't1',
  rule: 'database.slow',
  service: 'orders',
  type: 'app',
  hosts: ['db-1', 'db-2'],
  pinned: false,
};

const control = (over: Partial<Control>): Control => ({
  id: 'c1',
  kind: 'silence',
  scope: { service: 'orders' },
  by: 'ana',
  createdAt: '2026-11-20T00:00:00.000Z',
  ...over,
});

const isMuted = (over: Partial<Control>, changed: Partial<MuteFacts> = {}) =>
  mutedBy({ ...facts, ...changed }, [control(over)], [], now) !== undefined;

describe('a control', () => {
  it.each<[string, Control['scope'], boolean]>([
    ['its fingerprint', { fingerprint: 'f1' }, true],
    ['another fingerprint', { fingerprint: 'f2' }, false],
    ['its template', { template: 't1' }, true],
    ['another template', { template: 't2' }, false],
    ['its rule', { rule: 'database.slow' }, true],
    ['its rule and service', { rule: 'database.slow', service: 'orders' }, true],
    ['its rule, another service', { rule: 'database.slow', service: 'shop' }, false],
    ['its type', { type: 'app' }, true],
    ['another type', { type: 'syslog' }, false],
    ['one of two hosts', { host: 'db-1' }, false],
  ])('on %s', (_name, scope, expected) => {
    expect(isMuted({ scope })).toBe(expected);
  });

  it('on a host mutes what only that host has, as far as is known', () => {
    const scope = { host: 'db-1' };
    expect(isMuted({ scope }, { hosts: ['db-1'] })).toBe(true);
    expect(isMuted({ scope }, { hosts: [] })).toBe(false);
    expect(isMuted({ scope }, { hosts: Array(50).fill('db-1') })).toBe(false);
  });

  describe('on one incident', () => {
    const ofIncident = (over: Partial<Control>, changed: Partial<MuteFacts> = {}) =>
      isMuted({ scope: { incident: '0-f1-a' }, ...over }, { incident: '0-f1-a', opening: 2, ...changed });

    it('holds for it and no other, whatever is known besides', () => {
      expect(ofIncident({})).toBe(true);
      expect(ofIncident({}, { incident: '0-f1-b' })).toBe(false);
      expect(ofIncident({}, { incident: undefined })).toBe(false);
      expect(ofIncident({ scope: { incident: '0-f1-a', fingerprint: 'f1' } })).toBe(true);
      expect(ofIncident({ scope: { incident: '0-f1-a', fingerprint: 'f2' } })).toBe(false);
      expect(ofIncident({}, { pinned: true })).toBe(false);
    });

    it('until it is resolved holds for this opening alone, and says so', () => {
      expect(ofIncident({ opening: 2 })).toBe(true);
      expect(ofIncident({ opening: 1 })).toBe(false);
      expect(ofIncident({ opening: 2 }, { opening: undefined })).toBe(false);
      const one = control({ scope: { incident: '0-f1-a' }, opening: 2 });
      expect(mutedBy({ ...facts, incident: '0-f1-a', opening: 2 }, [one], [], now)).toEqual({
        ...{ control: 'c1', kind: 'silence', by: 'ana' },
        untilResolved: true,
      });
    });
  });

  it('on a template says nothing of what has none', () => {
    expect(isMuted({ scope: { template: 't1' } }, { template: undefined })).toBe(false);
  });

  it.each<[Partial<Control>, boolean]>([
    [{ until: '2026-11-21T01:00:00.001Z' }, true],
    [{ until: '2026-11-21T01:00:00.000Z' }, false],
    [{ from: '2026-11-21T01:00:00.000Z' }, true],
    [{ from: '2026-11-21T01:00:00.001Z' }, false],
    [{ from: '2026-11-20T00:00:00Z', until: '2026-11-22T00:00:00Z' }, true],
  ])('holds in its time: %j', (over, expected) => {
    expect(isMuted(over)).toBe(expected);
  });

  it('never mutes what its rule pins', () => {
    expect(isMuted({ scope: { fingerprint: 'f1' } }, { pinned: true })).toBe(false);
  });
});

describe('who has muted it', () => {
  const { maintenance } = ConfigSchema.parse({
    maintenance: [
      { name: 'night', services: ['orders'], from: '00:00', to: '02:00', timeZone: 'UTC' },
      { name: 'disks', hosts: ['db-1', 'db-2', 'db-3'], from: '00:00', to: '03:00', timeZone: 'UTC' },
      {
        name: 'other',
        services: ['shop'],
        rules: ['database.slow'],
        from: '00:00',
        to: '23:00',
        timeZone: 'UTC',
      },
    ],
  });

  it('is the window that fits and lasts longest, until its end', () => {
    expect(mutedBy(facts, [], maintenance, now)).toEqual({
      control: 'disks',
      kind: 'maintenance',
      by: 'logpatrol.yaml',
      until: '2026-11-21T03:00:00.000Z',
    });
    expect(mutedBy({ ...facts, hosts: ['db-1', 'web-1'] }, [], maintenance, now)?.control).toBe('night');
    expect(mutedBy({ ...facts, service: 'shop', hosts: ['web-1'] }, [], maintenance, now)?.control).toBe(
      'other',
    );
    expect(mutedBy({ ...facts, pinned: true }, [], maintenance, now)).toBeUndefined();
  });

  it('is of several the one that lasts longest; the same whatever their order', () => {
    const all = [
      control({ id: 'b', until: '2026-11-21T05:00:00.000Z' }),
      control({ id: 'd', kind: 'feedback', by: 'bo', note: 'noise' }),
      control({ id: 'c' }),
    ];
    for (const some of [all, all.toReversed()])
      expect(mutedBy(facts, some, maintenance, now)).toEqual({ control: 'c', kind: 'silence', by: 'ana' });
  });
});
