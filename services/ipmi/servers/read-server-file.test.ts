import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { readEntry } from './entry.ts';
import { readServerFile } from './read-server-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-server-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(name: string, content: string | Uint8Array) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const { servers, problems } = readServerFile(file);
  return {
    servers: servers.map(({ server }) => server),
    problems: problems.map(({ where, message }) => `${where}: ${message}`.replaceAll(file, 'FILE')),
  };
}

describe('a file of servers', () => {
  const db1 = {
    ...{ name: 'db-1', host: '10.0.0.1', hostName: 'db-1.corp', user: 'admin', maxRetries: 3 },
    ...{ intervalSeconds: 60, passwordFile: join(folder, 'secrets/db-1'), enabled: true },
  };
  it.each<[string, string]>([
    [
      'list.yaml',
      '- { name: db-1, host: 10.0.0.1, hostName: db-1.corp, user: admin, max_retries: 3, interval: 60, password_file: secrets/db-1 }\n- { name: 2, host: "::1" }\n',
    ],
    [
      'below.yml',
      'servers:\n  - name: db-1\n    address: 10.0.0.1\n    host_name: db-1.corp\n    username: admin\n    maxRetries: 3\n    intervalSeconds: 60\n    passwordFile: secrets/db-1\n  - { name: "2", host: ::1 }\n',
    ],
    [
      'list.json',
      '{"servers":[{"name":"db-1","host":"10.0.0.1","hostName":"db-1.corp","user":"admin","maxRetries":"3","intervalSeconds":60,"passwordFile":"secrets/db-1","group":null},{"name":2,"host":"::1"}]}',
    ],
    [
      'list.csv',
      '\ufeffName;Host;Host Name;User;max_retries;Interval;Password-File;enabled\r\ndb-1;10.0.0.1;db-1.corp;admin;3;60;secrets/db-1;yes\r\n2;::1;;;;;;\r\n',
    ],
  ])('%s', (name, content) => {
    expect(read(name, content)).toEqual({
      servers: [db1, { name: '2', host: '::1', enabled: true }],
      problems: [],
    });
  });

  it('in the bytes of a Chinese spreadsheet', () => {
    // name,host,group / a,b,机柜 in GB18030.
    const gbk = Buffer.concat([Buffer.from('name,host,group\na,b,'), Buffer.from('bbfab9f1', 'hex')]);
    expect(read('gbk.csv', gbk).servers).toMatchObject([{ group: '机柜' }]);
  });

  it('tells what is wrong, where, and uses the rest', () => {
    expect(
      read(
        'wrong.yaml',
        `servers:
  - { name: a, host: a.example }
  - { name: b }
  - { name: "c c", host: "-oProxy=x", port: 70000, intervall: 5 }
  - just text
  - { name: d, host: d.example, gruop: rack-7 }
  - { name: e, host: e.example, bmc_password: hunter2 }
  - { name: f, host: f.example, max_retries: 1, maxRetries: 2 }
  - { name: g, host: g.example, enabled: maybe, user: "a\\nb" }
`,
      ),
    ).toEqual({
      servers: [
        { name: 'a', host: 'a.example', enabled: true },
        { name: 'd', host: 'd.example', enabled: true },
      ],
      problems: [
        'FILE:3: host: is missing; the server is left out',
        'FILE:4: intervall: there is no such field, it is ignored; did you mean intervalSeconds?; the server is left out',
        'FILE:4: name: use letters, digits, dots, - and _ (253 at most); the server is left out',
        'FILE:4: host: use an address or a host name; the server is left out',
        'FILE:4: port: Too big: expected number to be <=65535; the server is left out',
        'FILE:5: is no server: give it fields such as name and host; the server is left out',
        'FILE:6: gruop: there is no such field, it is ignored; did you mean group?',
        'FILE:7: bmc_password: a password does not belong in a list; put it into a file and name that as passwordFile, or into an environment variable and name that as passwordEnv; the server is left out',
        'FILE:8: maxRetries: maxRetries is given already, in another spelling; the server is left out',
        'FILE:9: enabled: expected boolean, received string; the server is left out',
        'FILE:9: user: use visible characters; the server is left out',
      ],
    });
    expect(
      read('wrong.csv', 'name,host,rack,port\na,a.example,A,623\nb,b.example,B,x\nc,"c" x\nd,d.example\n'),
    ).toEqual({
      servers: [
        { name: 'a', host: 'a.example', port: 623, enabled: true },
        { name: 'd', host: 'd.example', enabled: true },
      ],
      problems: [
        'FILE:4: a quote is not closed, or text follows it; the line is left out',
        'FILE:1: rack: there is no such field, it is ignored',
        'FILE:3: port: expected number, received string; the server is left out',
      ],
    });
  });

  it('may be empty, and tells no more mistakes than people read', () => {
    expect(read('none.yaml', '# none yet\n')).toEqual({ servers: [], problems: [] });
    const many = '- { name: a, host: b }\n'.concat('- x\n'.repeat(1000));
    expect(read('many.yaml', many).problems).toHaveLength(51);
    expect(read('many.yaml', many).problems.at(-1)).toBe('FILE: and 950 more mistakes');
  });

  it.each<[string, string, RegExp]>([
    ['broken.yaml', 'servers: [', /^line 1: /],
    ['map.yaml', 'db-1: { host: a }', /neither a list of servers nor an object with `servers`/],
    ['empty.csv', '', /it is empty: its first line must name the columns/],
    [
      'all.csv',
      'name,host,password\na,b,hunter2\n',
      /no server of it \(1\) can be used; the first: .*:2: password: a password does not/,
    ],
    ['big.yaml', `# ${'x'.repeat(4 * 1024 * 1024)}`, /more than 4 MiB/],
  ])('%s cannot be used, and no secret of it is told', (name, content, message) => {
    expect(() => read(name, content)).toThrow(message);
    expect(() => read(name, content)).not.toThrow(/hunter2/);
  });

  it('is no pipe', () => {
    const pipe = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [pipe]);
    expect(() => readServerFile(pipe)).toThrow('it is no file');
  });

  it('of whatever text is read, or refused with one clear line', () => {
    const piece = fc.constantFrom(
      ...['name', 'host', 'password', 'a', '1', ',', ':', ': ', '- ', '\n', '\n  ', '"', '{', '}', '[', ']'],
      ...['&a ', '*a', '<<: ', '!!binary ', '|', '\0', '\ufeff', '__proto__', 'servers:\n'],
    );
    const text = fc.oneof(
      fc.array(piece).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('fuzz.yaml', 'fuzz.csv'), (content, name) => {
        let found: ReturnType<typeof read> | undefined;
        try {
          found = read(name, content);
        } catch (thrown) {
          if (!(thrown instanceof Error) || !/^(line|it|no server)/.test(thrown.message)) throw thrown;
        }
        for (const server of found?.servers ?? []) expect(IpmiServer.parse(server)).toEqual(server);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a server from an address', () => {
  const base = { name: 'a', host: 'a.example' };
  it.each<[string, object, RegExp | undefined]>([
    ['names no files', { passwordFile: '/etc/shadow' }, /^passwordFile: an inventory behind an address/],
    ['nor under another spelling', { password_file: 'x' }, /^passwordFile: /],
    ['nor any variable', { passwordEnv: 'LOGPATROL_FEISHU_SECRET' }, /begin with IPMI_PASSWORD_/],
    ['nor the path of a file', { passwordEnv: 'IPMI_PASSWORD_FILE' }, /begin with IPMI_PASSWORD_/],
    ['holds no password', { ipmiPassword: 'x' }, /does not belong in a list/],
    ['may name one of ours', { passwordEnv: 'IPMI_PASSWORD_RACK7' }, undefined],
    ['may hold more than we ask for', { rack: 'A-3', owner: { name: 'ana' } }, undefined],
    ['may have no password where the field is empty', { password: null, pwd: '' }, undefined],
  ])('%s', (_name, more, refusal) => {
    const { entry, mistakes } = readEntry({ ...base, ...more }, 'address');
    if (refusal === undefined) expect([entry?.name, mistakes]).toEqual(['a', []]);
    else {
      expect(entry).toBeUndefined();
      expect(mistakes).toEqual([expect.stringMatching(refusal)]);
    }
  });

  it('of whatever shape is read, or refused', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (raw) => {
        const { entry, mistakes } = readEntry(raw, 'address');
        expect(entry === undefined).toBe(mistakes.length > 0);
      }),
    );
  });
});
