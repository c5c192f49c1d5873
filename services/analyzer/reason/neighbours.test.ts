import { describe, expect, it } from 'vitest';
import type { Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { loadRules } from '../detect/index.ts';
import { hardwareRules, harmlessRules, isHardware } from './hardware.ts';
import { Neighbours } from './neighbours.ts';

const on = (id: string, hosts: string[], changes: Partial<Incident> = {}): Incident =>
  sampleIncident({
    id,
    service: id,
    title: `title of ${id}`,
    hosts: hosts.map((name) => ({ name, count: 1 })),
    ...changes,
  });
const fan = (id: string, hosts: string[], changes: Partial<Incident> = {}): Incident =>
  on(id, hosts, { pack: 'hardware', rule: 'hardware.fan', ...changes });

function among(...incidents: Incident[]): Neighbours {
  const neighbours = new Neighbours();
  for (const incident of incidents) neighbours.take(incident);
  return neighbours;
}

describe('neighbours of an incident', () => {
  it('are open on its hosts or in its service, hardware first, then by host, severity and time', () => {
    const neighbours = among(
      on('late', ['db-1'], { firstSeen: '2026-01-05T09:00:00.000Z' }),
      on('early', ['db-1']),
      on('bad', ['db-1'], { severity: 'critical' }),
      on('colleague', ['db-9'], { service: 'orders', severity: 'critical' }),
      on('stranger', ['db-9']),
      fan('fan', ['db-2', 'DB-1.example.com']),
      on('pending', ['db-1'], { state: 'pending' }),
      on('over', ['db-1'], { state: 'resolved' }),
      on('noise', ['db-1'], { muted: { control: 'c', kind: 'feedback', by: 'ana' } }),
      on('self', ['db-1']),
    );
    const found = neighbours.of(on('self', ['db-1'], { service: 'orders' }));
    expect(found.map(({ id, hosts }) => [id, hosts])).toEqual([
      ['fan', ['db-1', 'db-2', 'DB-1.example.com']],
      ['bad', ['db-1']],
      ['late', ['db-1']],
      ['early', ['db-1']],
      ['colleague', ['db-9']],
    ]);
    expect(found[0]).toMatchObject({ isHardware: true, title: 'title of fan', severity: 'warning' });
  });

  it('leave when they end or resolve, and move with their hosts', () => {
    const neighbours = among(on('a', ['h1']), on('b', ['h1']), on('c', ['h1']));
    neighbours.end('a');
    neighbours.end('never heard of');
    neighbours.take(on('b', ['h1'], { state: 'resolved' }));
    neighbours.take(on('c', ['h2']));
    const ids = (host: string) => neighbours.of(on('self', [host])).map(({ id }) => id);
    expect([ids('h1'), ids('h2'), neighbours.size]).toEqual([[], ['c'], 1]);
  });

  it('are not those of another site that has the same short name, nor of no name', () => {
    const neighbours = among(on('a', ['db-1.bj.example.com']), on('b', ['']));
    expect(neighbours.of(on('self', ['db-1.sh.example.com', '']))).toEqual([]);
    expect(neighbours.of(on('self', ['db-1']))).toHaveLength(1);
  });

  it('are bounded: what was heard of longest ago goes, hardware last', () => {
    const neighbours = new Neighbours(3);
    neighbours.take(fan('fan', ['h']));
    for (const id of ['a', 'b', 'c']) neighbours.take(on(id, ['h']));
    neighbours.take(on('b', ['h']));
    neighbours.take(on('d', ['h']));
    const ids = neighbours.of(on('self', ['h'])).map(({ id }) => id);
    expect(ids).toEqual(['fan', 'b', 'd']);
    for (let i = 0; i < 100; i += 1)
      neighbours.take(
        on(
          `s${i}`,
          Array.from({ length: 60 }, (_, n) => `h${n}`),
        ),
      );
    expect(neighbours.size).toBe(3);
    const many = new Neighbours();
    for (let i = 0; i < 100; i += 1)
      many.take(
        on(
          `s${i}`,
          Array.from({ length: 60 }, (_, n) => `h${n}`),
        ),
      );
    const found = many.of(on('self', ['h1', 'h2']));
    expect([found.length, found[0]?.hosts.length]).toEqual([20, 5]);
  });
});

describe('the hardware below an incident', () => {
  it('is the most severe fault that is open on one of its hosts', () => {
    const neighbours = among(
      fan('fan', ['db-1']),
      on('disk', ['db-2'], { pack: 'storage', rule: 'storage.io-error', severity: 'critical' }),
      on('app', ['db-1'], { severity: 'critical' }),
    );
    expect(neighbours.hardwareOf(on('self', ['db-1', 'db-2']))).toEqual({
      ...{ id: 'disk', service: 'disk', title: 'title of disk' },
    });
    expect(neighbours.hardwareOf(on('self', ['db-1']))?.id).toBe('fan');
    expect(neighbours.hardwareOf(on('self', ['db-3']))).toBeUndefined();
    neighbours.take(fan('fan', ['db-1'], { state: 'resolved' }));
    expect(neighbours.hardwareOf(on('self', ['db-1']))).toBeUndefined();
  });

  it.each<[string, Partial<Incident>]>([
    ['a notice', { severity: 'info' }],
    ['an open case', { rule: 'hardware.intrusion' }],
    ['one of old lines', { old: true }],
    ['one in planned work', { muted: { control: 'w', kind: 'maintenance', by: 'x' } }],
  ])('is not %s', (_name, changes) => {
    const neighbours = among(fan('fan', ['db-1'], changes));
    expect(neighbours.hardwareOf(on('self', ['db-1']))).toBeUndefined();
    expect(neighbours.of(on('self', ['db-1']))).toHaveLength(1);
  });

  it('is none for what is hardware itself', () => {
    const neighbours = among(fan('fan', ['db-1']));
    expect(neighbours.hardwareOf(on('sel', ['db-1'], { type: 'ipmi' }))).toBeUndefined();
  });
});

describe('isHardware', () => {
  it('goes by pack, log type and rule', () => {
    const facts = { pack: 'generic', type: 'app', rule: 'generic.error' };
    expect(isHardware(facts)).toBe(false);
    expect(isHardware({ ...facts, pack: 'hardware' })).toBe(true);
    expect(isHardware({ ...facts, type: 'ipmi' })).toBe(true);
    expect(isHardware({ ...facts, rule: 'storage.smart-failing' })).toBe(true);
  });

  it('names rules that there are', async () => {
    const { rules } = await loadRules({ paths: [], shipped: true, language: 'en' });
    const ids = new Set(rules.map(({ id }) => id));
    expect([...hardwareRules, ...harmlessRules].filter((id) => !ids.has(id))).toEqual([]);
  });
});
