import { describe, expect, it } from 'vitest';
import { assetOfAnswer } from './answer.ts';
import { entryOf } from './entry.ts';

describe('what an inventory says of a host', () => {
  it('has its names, its owner and its facts, whatever they are called', () => {
    expect(
      entryOf({
        主机名: 'db-1',
        'IP 地址': '10.0.0.1; 10.0.1.1/24 10.0.2.1',
        bmc_ip: '10.9.0.1',
        负责人: '张三',
        contact: '13800000000',
        机柜: 'A-03',
        cpu: 64,
        online: true,
        tags: ['db', 'core'],
        site: { id: 7, name: 'Beijing' },
        nothing: null,
        blank: '  ',
        nested: { deep: { er: 1 } },
        'BMC password': 'calvin',
        管理口令: 'x',
      }),
    ).toEqual({
      hosts: ['db-1', '10.0.0.1', '10.0.1.1', '10.0.2.1', '10.9.0.1'],
      asset: {
        owner: '张三',
        facts: {
          主机名: 'db-1',
          'IP 地址': '10.0.0.1; 10.0.1.1/24 10.0.2.1',
          bmc_ip: '10.9.0.1',
          contact: '13800000000',
          机柜: 'A-03',
          cpu: '64',
          online: 'true',
          tags: 'db, core',
          site: 'Beijing',
        },
      },
    });
  });

  it('takes a vague name only where nothing else names the host', () => {
    expect(entryOf({ name: 'shop', host: 'db-1' }).hosts).toEqual(['db-1']);
    expect(entryOf({ name: 'db-1', primary_ip: { address: '10.0.0.1/24' } }).hosts).toEqual(['db-1']);
  });

  it('is bounded, and one line of visible characters each', () => {
    const hostile: Record<string, unknown> = JSON.parse('{"__proto__":{"owner":"x"},"constructor":"c"}');
    hostile.host = Array.from({ length: 1000 }, (_, i) => `h${i}`);
    hostile.owner = `ana\n\u202e\u0000\t ${'x'.repeat(1e6)}`;
    for (let i = 0; i < 1000; i += 1) hostile[`fact ${i} ${'n'.repeat(1000)}`] = 'v'.repeat(1e4);
    const { hosts, asset } = entryOf(hostile);
    expect([hosts.length, Object.keys(asset.facts).length]).toEqual([32, 24]);
    expect(asset.owner).toMatch(/^ana x{100,}…$/);
    expect(asset.facts).toHaveProperty('constructor', 'c');
    for (const [name, text] of [...Object.entries(asset.facts), ['', asset.owner ?? '']])
      expect([name?.length ?? 0, text?.length ?? 0]).toSatisfy(([n, t]) => n <= 64 && t <= 256);
  });
});

describe('an answer', () => {
  const facts = (asset: unknown) => expect(asset).toMatchObject({ host: 'db-1', facts: { rack: 'A' } });
  it.each<[string, unknown]>([
    ['an object', { rack: 'A' }],
    ['below data', { code: 0, msg: 'ok', data: { rack: 'A' } }],
    ['a list of one', [{ rack: 'A' }]],
    ['a list below data and items', { data: { total: 1, items: [{ rack: 'A' }] } }],
    ['the one of a list that names it', { results: [{ name: 'db-10' }, { name: 'DB-1.corp', rack: 'A' }] }],
  ])('may be %s', (_name, answer) => facts(assetOfAnswer(answer, 'db-1')));

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['an empty list', { count: 0, results: [] }],
    ['data of null', { code: 404, msg: 'not found', data: null }],
    ['an error', { error: 'not found' }],
    ['a list of others', [{ name: 'a' }, { name: 'b' }]],
    ['no object', 'db-1'],
    ['null', null],
  ])('that is %s says nothing', (_name, answer) => {
    expect(assetOfAnswer(answer, 'db-1')).toBeUndefined();
  });
});
