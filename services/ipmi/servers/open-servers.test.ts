import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { Listener } from '#test/stand-ins/listener.ts';
import { openServers, type Servers } from './index.ts';

let folder: string;
const lines: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
const opened: Servers[] = [];
const soon = { timeout: 10_000, interval: 20 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-servers-'));
  lines.length = 0;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
  rmSync(folder, { recursive: true });
});

/** Written beside itself and renamed, as careful writers do. */
function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
  return file;
}
async function open(ipmi: object, env: NodeJS.ProcessEnv = {}): Promise<Servers> {
  const config = ConfigSchema.parse({ dataDir: join(folder, 'data'), ipmi });
  const { inventory } = config.ipmi;
  // Sooner than the configuration allows, which is for other people's inventories.
  if (inventory !== undefined) inventory.refreshSeconds = 0.02;
  const servers = await openServers({ config, logger, env, clock: () => Date.UTC(2026, 10, 21) });
  opened.push(servers);
  return servers;
}
const names = (servers: Servers) => servers.current().map(({ name }) => name);
const told = (servers: Servers) =>
  servers.problems().map(({ where, message }) => `${where}: ${message}`.replaceAll(folder, 'FOLDER'));
const row = (name: string) => ({ name, host: `${name}.example` });

describe('the list of BMCs', () => {
  it('has what the configuration says, with its defaults', async () => {
    const servers = await open(
      {
        ...{ user: 'logpatrol', port: 6230, maxRetries: 4, tool: 'freeipmi', passwordEnv: 'ALL' },
        servers: [
          row('a'),
          { ...row('b'), enabled: false },
          {
            ...row('c'),
            hostName: 'web',
            group: 'r',
            port: 1,
            user: 'x',
            tool: 'ipmitool',
            passwordEnv: 'C',
          },
        ],
      },
      { ALL: 'of all', C: 'of c' },
    );
    const [a, c] = servers.current();
    const common = {
      cipherSuite: 3,
      privilege: 'user',
      intervalSeconds: 30,
      maxRetries: 4,
      timeoutSeconds: 20,
    };
    expect(a).toMatchObject({
      ...{ ...common, name: 'a', host: 'a.example', port: 6230, hostName: 'a', group: undefined },
      ...{ user: 'logpatrol', tool: 'freeipmi' },
    });
    expect(c).toMatchObject({
      ...{ ...common, name: 'c', port: 1, hostName: 'web', group: 'r', user: 'x', tool: 'ipmitool' },
    });
    expect([await a?.password(), await c?.password()]).toEqual(['of all', 'of c']);
    expect(names(servers)).toEqual(['a', 'c']);
    expect(told(servers)).toEqual([]);
  });

  it('is put together from all lists; of one name the first counts', async () => {
    const file = write('more.yaml', JSON.stringify([row('a'), row('b'), { name: 'x' }]));
    mkdirSync(join(folder, 'd'));
    write('d/2.csv', 'name,host\nd,d.example\nb,other.example\n');
    write('d/1.json', JSON.stringify({ servers: [row('c'), { ...row('e'), enabled: false }] }));
    write('d/3.yml', '- { name: e, host: e.example }\n');
    write('d/.hidden.yaml', '- { name: h, host: h.example }\n');
    write('d/README.md', 'not a list');
    const servers = await open({ servers: [row('a')], inventory: { file, folder: join(folder, 'd') } });
    expect(names(servers)).toEqual(['a', 'b', 'c', 'd']);
    expect(told(servers)).toEqual([
      'FOLDER/more.yaml:1: host: is missing; the server is left out',
      'FOLDER/more.yaml:1: name: there is a server "a" at ipmi.servers[0] already, which counts; give this one another name',
      'FOLDER/d/2.csv:3: name: there is a server "b" at FOLDER/more.yaml:1 already, which counts; give this one another name',
      'FOLDER/d/3.yml:1: name: there is a server "e" at FOLDER/d/1.json:1 already, which counts; give this one another name',
    ]);
    expect(lines.filter((line) => line.includes('is missing'))).toHaveLength(1);
  });
});

describe('a file of servers', () => {
  it('counts again when it changes, and outlives mistakes', async () => {
    const file = write('list.yaml', JSON.stringify([row('a'), row('b')]));
    const servers = await open({ inventory: { file } });
    const [a] = servers.current();
    const heard: string[][] = [];
    const unhear = servers.onChange((bmcs) => heard.push(bmcs.map(({ name }) => name)));

    write('list.yaml', JSON.stringify([row('a'), { ...row('b'), port: 7 }, row('c')]));
    await vi.waitFor(() => expect(names(servers)).toEqual(['a', 'b', 'c']), soon);
    expect(servers.current()[1]?.port).toBe(7);
    // What has not changed is the same object.
    expect(servers.current()[0]).toBe(a);

    write('list.yaml', '[{');
    await vi.waitFor(() => expect(told(servers)[0]).toMatch(/those of before stay \(3\)/), soon);
    rmSync(file);
    await vi.waitFor(() => expect(told(servers)[0]).toMatch(/ENOENT.*those of before stay \(3\)/), soon);
    write('list.yaml', JSON.stringify([{ name: 'a' }]));
    await vi.waitFor(() => expect(told(servers)[0]).toMatch(/no server of it \(1\) can be used/), soon);
    expect(names(servers)).toEqual(['a', 'b', 'c']);

    unhear();
    write('list.yaml', JSON.stringify([row('c')]));
    await vi.waitFor(() => expect(names(servers)).toEqual(['c']), soon);
    expect(told(servers)).toEqual([]);
    expect(heard).toEqual([['a', 'b', 'c']]);
  });

  it('that is not there at the start counts once it is', async () => {
    const servers = await open({ servers: [row('z')], inventory: { file: join(folder, 'later.yaml') } });
    expect([names(servers), told(servers)]).toEqual([
      ['z'],
      [expect.stringMatching(/later\.yaml: the list cannot be read: ENOENT.*there are no servers from it$/)],
    ]);
    write('later.yaml', JSON.stringify([row('a')]));
    await vi.waitFor(() => expect(names(servers)).toEqual(['z', 'a']), soon);
  });
});

describe('a folder of servers', () => {
  it('counts file by file', async () => {
    const d = join(folder, 'd');
    mkdirSync(d);
    write('d/a.yaml', JSON.stringify([row('a')]));
    write('d/b.yaml', JSON.stringify([row('b')]));
    const servers = await open({ inventory: { folder: d } });
    write('d/b.yaml', 'x');
    write('d/c.yaml', JSON.stringify([row('c')]));
    await vi.waitFor(() => expect(names(servers)).toEqual(['a', 'b', 'c']), soon);
    expect(told(servers)).toEqual([expect.stringMatching(/b\.yaml: the list cannot be read: it is neither/)]);
    rmSync(join(d, 'a.yaml'));
    await vi.waitFor(() => expect(names(servers)).toEqual(['b', 'c']), soon);
    rmSync(d, { recursive: true });
    await vi.waitFor(() => expect(told(servers)[0]).toMatch(/the folder cannot be read: ENOENT/), soon);
    expect(names(servers).length).toBeGreaterThan(0);
  });
});

describe('an inventory behind an address', () => {
  const token = 'inventory-token-1';
  let answer: { status: number; body: string; etag?: string; location?: string };
  let asked: { authorization: string | undefined; ifNoneMatch: string | undefined; status: number }[];
  let listener: Listener;

  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: '[]' };
    listener = new Listener((request, response) => {
      const { authorization, 'if-none-match': ifNoneMatch } = request.headers;
      const isSame = answer.etag !== undefined && ifNoneMatch === answer.etag && answer.status === 200;
      const status = authorization === `Bearer ${token}` ? (isSame ? 304 : answer.status) : 401;
      asked.push({ authorization, ifNoneMatch, status });
      response.writeHead(status, {
        ...(answer.etag !== undefined && { etag: answer.etag }),
        ...(answer.location !== undefined && { location: answer.location }),
      });
      response.end(status === 304 ? undefined : answer.body);
    });
    await listener.up();
  });
  afterEach(() => listener.down());

  const inventory = () => ({ inventory: { url: `${listener.origin}/api/bmcs?key=in-the-query`, token } });
  const where = () => `${listener.origin}/api/bmcs`;

  it('is asked with the token, and by its ETag only for what is new', async () => {
    answer = { status: 200, body: JSON.stringify({ servers: [row('a')], total: 1 }), etag: '"1"' };
    const servers = await open(inventory());
    expect(names(servers)).toEqual(['a']);
    await vi.waitFor(
      () => expect(asked.filter(({ status }) => status === 304).length).toBeGreaterThan(2),
      soon,
    );
    answer = { status: 200, body: JSON.stringify([row('a'), row('b')]), etag: '"2"' };
    await vi.waitFor(() => expect(names(servers)).toEqual(['a', 'b']), soon);
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(told(servers)).toEqual([]);
  });

  it.each<[string, { status?: number; body?: string; location?: string }, RegExp]>([
    ['fails', { status: 500 }, /HTTP 500;/],
    ['sends elsewhere', { status: 302, location: 'http://127.0.0.1:1/' }, /HTTP 302, which is not followed;/],
    ['answers no JSON', { body: '<html>secret' }, /the answer is no JSON;/],
    ['answers something else', { body: '{"data":[]}' }, /neither a JSON array of servers nor an object/],
    ['nests', { body: '['.repeat(100_000) }, /nested deeper than 16;/],
    ['answers too much', { body: `["${'x'.repeat(5e6)}"]` }, /more than 4194304 bytes;/],
    [
      'has no server that can be used',
      { body: '[{"name":"q","passwordFile":"/x"}]' },
      /no server of it \(1\) can be used/,
    ],
  ])('that %s leaves its servers as they were, and says so', async (_name, change, message) => {
    answer = { status: 200, body: JSON.stringify([row('a')]) };
    const servers = await open(inventory());
    answer = { status: 200, body: '', ...change };
    await vi.waitFor(() => expect(told(servers)[0]).toMatch(message), soon);
    expect(told(servers)[0]).toMatch(/those of before stay \(1\)$/);
    expect(names(servers)).toEqual(['a']);
    answer = { status: 200, body: JSON.stringify([row('b')]) };
    await vi.waitFor(() => expect(names(servers)).toEqual(['b']), soon);
    expect(told(servers)).toEqual([]);
  });

  it('that is away at a start is as it was before, from a file of our own without secrets', async () => {
    answer = { status: 200, body: JSON.stringify([{ ...row('a'), group: 'r', rack: 'A', pwd: null }]) };
    const first = await open(inventory());
    await first.close();
    await listener.down();
    const cache = join(folder, 'data/cache');
    const [file = ''] = readdirSync(cache);
    expect([file, statSync(join(cache, file)).mode & 0o777]).toEqual([
      expect.stringMatching(/^ipmi-inventory-[0-9a-f]{16}\.json$/),
      0o600,
    ]);
    const kept = readFileSync(join(cache, file), 'utf8');
    for (const secret of [token, 'in-the-query', 'rack', 'pwd']) expect(kept).not.toContain(secret);

    const second = await open(inventory());
    expect(second.current()).toMatchObject([{ name: 'a', host: 'a.example', group: 'r' }]);
    expect(told(second)).toEqual([expect.stringMatching(/; those of 2026-11-21T00:00:00\.000Z stay \(1\)$/)]);
    await listener.up();
    await vi.waitFor(() => expect(told(second)).toEqual([]), soon);
    expect(names(second)).toEqual(['a']);
    await second.close();

    // What others have written into it is judged like an answer.
    await listener.down();
    writeFileSync(join(cache, file), kept.replace('"group":"r"', '"passwordFile":"/etc/shadow"'));
    expect(names(await open(inventory()))).toEqual([]);
    writeFileSync(join(cache, file), 'no JSON');
    expect(names(await open(inventory()))).toEqual([]);
  });

  it('may not name files and secrets of this machine, nor hold passwords', async () => {
    answer.body = JSON.stringify([
      row('a'),
      { ...row('b'), passwordFile: '/etc/shadow' },
      { ...row('c'), passwordEnv: 'HOME' },
      { ...row('d'), bmcPassword: 'hunter2' },
      { ...row('e'), passwordEnv: 'IPMI_PASSWORD_E' },
    ]);
    const servers = await open(inventory(), { IPMI_PASSWORD: 'default', IPMI_PASSWORD_E: 'of e' });
    expect(await Promise.all(servers.current().map(({ password }) => password()))).toEqual([
      'default',
      'of e',
    ]);
    expect(told(servers)).toEqual([
      expect.stringContaining(`${where()}[1]: passwordFile: an inventory behind an address may not`),
      expect.stringContaining(`${where()}[2]: passwordEnv: an inventory behind an address may only`),
      expect.stringContaining(`${where()}[3]: bmcPassword: a password does not belong in a list`),
    ]);
    for (const secret of ['hunter2', 'in-the-query', token]) expect(lines.join('')).not.toContain(secret);
  });

  it('that hangs is given up when the list is closed', async () => {
    answer.body = JSON.stringify([row('a')]);
    const servers = await open(inventory());
    const hanging = Promise.withResolvers<void>();
    const before = asked.length;
    await listener.down();
    const silent = new Listener(() => hanging.resolve(), Number(new URL(listener.origin).port));
    await silent.up();
    await hanging.promise;
    expect(asked.length).toBeGreaterThanOrEqual(before);
    await servers.close();
    await silent.down();
    expect(names(servers)).toEqual(['a']);
  });
});
