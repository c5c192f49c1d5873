import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openFileAssets, readHostTable } from './file-assets.ts';
import { assetsHealth } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-assets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const silent = pino({ level: 'silent' });

function table(name: string, content: string | Buffer) {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
  const read = readHostTable(file);
  return { ...read, mistakes: read.mistakes.map((line) => line.replaceAll(file, 'FILE')) };
}

describe('a CSV inventory', () => {
  it('finds a host by any of its names, whatever their case, and by its short name', () => {
    const hosts = table(
      'hosts.csv',
      '\ufeffHostname,IP,Owner,机房\r\ndb-1.corp.example,10.0.0.1;10.0.0.2,ana,"北京, 3 号"\r\nweb-1,10.0.0.3,,上海\r\n',
    );
    expect(hosts.mistakes).toEqual([]);
    expect(hosts.find('10.0.0.2')).toEqual({
      host: '10.0.0.2',
      owner: 'ana',
      facts: { Hostname: 'db-1.corp.example', IP: '10.0.0.1;10.0.0.2', 机房: '北京, 3 号' },
    });
    const owners = ['DB-1', 'db-1.CORP.example.', 'db-1.other.example', 'web-1.corp.example', 'nope', ''];
    expect(owners.map((name) => hosts.find(name)?.facts.机房)).toEqual([
      ...['北京, 3 号', '北京, 3 号', undefined, '上海', undefined, undefined],
    ]);
  });

  it('does not guess between two hosts of one short name', () => {
    const hosts = table('sites.csv', 'host,owner\ndb-1.bj,ana\ndb-1.sh,bo\n');
    expect([hosts.find('db-1'), hosts.find('db-1.sh')?.owner]).toEqual([undefined, 'bo']);
  });

  it('reads tabs, semicolons, and what Chinese spreadsheets save', () => {
    expect(table('tab.csv', 'host\towner\na\tana\n').find('a')?.owner).toBe('ana');
    expect(table('semi.csv', 'host;owner\na;ana\n').find('a')?.owner).toBe('ana');
    // 主机名,负责人 / db-1,张三 in GB18030.
    const gbk = Buffer.from('d6f7bbfac3fb2cb8bad4f0c8cb0a64622d312cd5c5c8fd0a', 'hex');
    expect(table('gbk.csv', gbk).find('db-1')?.owner).toBe('张三');
  });

  it('tells every mistake with its line, and uses the rest', () => {
    const hosts = table(
      'wrong.csv',
      'host,owner,owner,\na,ana,x,y\n,bo\nb,"bo" x,1\nc,cy,1,2,3\na,di\n\nd,dan\n',
    );
    expect(hosts.mistakes).toEqual([
      'FILE:4: a quote is not closed, or text follows it; the line is left out',
      'FILE:1: owner: there is such a column already; this one is left out',
      'FILE:3: host: nothing names the host; the line is left out',
      'FILE:5: the line has 5 fields, the header 4; those beyond it are left out',
      'FILE:6: a stands in line 2 already, which counts',
    ]);
    expect(['a', 'b', 'c', 'd'].map((name) => hosts.find(name)?.owner)).toEqual([
      'ana',
      undefined,
      'cy',
      'dan',
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['none.csv', '', /none\.csv is empty/],
    ['other.csv', 'rack,owner\nA,ana\n', /other\.csv:1 has no column that names the host/],
    ['broken.yaml', 'hosts: [', /broken\.yaml:1: /],
    ['text.yaml', 'hello', /neither a list of hosts nor a map/],
    ['big.yaml', `# ${'x'.repeat(4 * 1024 * 1024)}`, /use CSV/],
  ])('%s cannot be used', (name, text, message) => {
    expect(() => table(name, text)).toThrow(message);
  });

  it('cannot be used where it is not there', () => {
    expect(() => readHostTable(join(folder, 'nope.csv'))).toThrow(/cannot read the inventory .*nope\.csv/);
  });
});

describe('a YAML inventory', () => {
  it.each<[string, string]>([
    [
      'list.yaml',
      '- { host: db-1, ip: 10.0.0.1, owner: ana }\n- web-1\n- { owner: bo }\n- { host: web-1 }\n',
    ],
    ['map.yml', 'hosts:\n  db-1: { ip: [10.0.0.1], owner: ana }\n  web-0: 7\n  "": {}\n  web-1:\n'],
    ['hosts.json', '[{"host":"db-1","ip":"10.0.0.1","owner":{"name":"ana"}},3,{"x":1},{"host":"web-1"}]'],
  ])('%s', (name, text) => {
    const hosts = table(name, text);
    expect([hosts.find('10.0.0.1')?.owner, hosts.find('web-1')?.host, hosts.size]).toEqual([
      'ana',
      'web-1',
      2,
    ]);
    expect(hosts.mistakes).toEqual([
      expect.stringMatching(/^FILE:\d+: .+: is no map of facts; it is left out$/),
      expect.stringMatching(/^FILE:\d+: .+: nothing names the host/),
    ]);
  });
});

describe('any file', () => {
  const sound = {
    'fuzz.csv': 'host,ip,owner,"no\nte"\ndb-1,10.0.0.1;10.0.0.2,"a ""b"" c",x\nweb-1,,,\n',
    'fuzz.yaml': 'hosts:\n  db-1: &a { ip: [10.0.0.1], owner: ana }\n  web-1: *a\n  "x": {}\n',
  };
  const pieces = [
    '"',
    ',',
    '\n',
    ':',
    '{',
    '[',
    ']',
    '- ',
    '&a',
    '*a',
    '\t',
    '\0',
    '\ufeff',
    '__proto__',
    '!!',
    '|',
    '<<',
  ];

  it.each(Object.entries(sound))('like %s is read, or refused with what is wrong', (name, text) => {
    const refusals = new Set<string>();
    for (let round = 0; round < 1000; round += 1) {
      let mutated = text;
      for (let i = 0; i <= round % 4; i += 1) {
        const at = Math.floor(Math.random() * mutated.length);
        const piece = pieces[Math.floor(Math.random() * pieces.length)] ?? '';
        mutated = mutated.slice(0, at) + piece + mutated.slice(at + (round % 3));
      }
      try {
        table(name, mutated).find('db-1');
      } catch (thrown) {
        if (!(thrown instanceof LogpatrolError)) throw new Error(JSON.stringify(mutated), { cause: thrown });
        refusals.add(thrown.kind);
      }
    }
    expect([...refusals]).toEqual(['invalid-config']);
  });
});

describe('an inventory file', () => {
  it('is read again when it changes, and outlives a mistake', async () => {
    const file = join(folder, 'followed.csv');
    table('followed.csv', 'host,owner\na,ana\n');
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    await using closing = new AsyncDisposableStack();
    const assets = closing.adopt(openFileAssets(file, logger), (each) => each.close());
    const soon = { timeout: 5000, interval: 20 };
    expect(assets.lookup('a')?.owner).toBe('ana');
    table('followed.csv', 'host,owner\na,bo\n,cy\n');
    await vi.waitFor(() => expect(assets.lookup('a')?.owner).toBe('bo'), soon);
    expect(lines.join('')).toContain('nothing names the host');
    expect(() => table('followed.csv', 'rack\nA\n')).toThrow();
    await vi.waitFor(() => expect(lines.join('')).toContain('no column that names the host'), soon);
    expect(await assets.fetch('a', new AbortController().signal)).toMatchObject({ owner: 'bo' });
    await expect(assets.fetch('a', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  it('says how it is', async () => {
    const health = async (name: string) =>
      assetsHealth({ file: join(folder, name), timeoutSeconds: 1, cacheMinutes: 1 }, silent);
    table('good.csv', 'host\na\n');
    expect(await health('good.csv')).toMatchObject({ ok: true, detail: expect.stringContaining('1 host') });
    table('so-so.csv', 'host,b\na,b\n,c\n');
    expect(await health('so-so.csv')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('1 mistake;'),
    });
    expect(await health('nowhere.csv')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('ENOENT'),
    });
  });
});
