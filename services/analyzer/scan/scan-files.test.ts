import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { Finding } from '#shared/model/index.ts';
import { loadRules } from '../detect/index.ts';
import { matchLines } from './match-lines.ts';
import { type ScanOptions, scanFiles } from './scan-files.ts';

const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const config = ConfigSchema.parse({ language: 'en' });
const now = Date.UTC(2026, 10, 21);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-scan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function scan(inputs: readonly string[], more: Partial<ScanOptions> = {}): Promise<Finding[]> {
  const findings = await scanFiles({
    inputs,
    stdin: Readable.from([]),
    config,
    rules,
    type: 'app',
    host: 'here',
    now,
    ...more,
  });
  for (const finding of findings) expect(Finding.parse(finding)).toEqual(finding);
  return findings;
}

const trace = (line: number) => `2020-01-02T03:04:0${line}Z ERROR save failed
java.lang.IllegalStateException: order ${line}
\tat com.example.Orders.save(Orders.java:${line})
`;
const text = `2020-01-02T03:04:05Z INFO starting
2020-01-02T03:04:06Z WARN java.net.ConnectException: Connection refused
${trace(1)}${trace(2)}2020-01-02T03:04:07Z WARN java.net.ConnectException: Connection refused
数据库宕机
`;

describe('scanFiles', () => {
  it('gives one finding for each incident, the most severe first, and none of them old', async () => {
    const findings = await scan([await written('shop.log', text)]);
    expect(findings.map(({ rule, severity, count, old }) => ({ rule, severity, count, old }))).toEqual([
      { rule: 'chinese.down', severity: 'critical', count: 1, old: false },
      { rule: 'generic.error', severity: 'warning', count: 2, old: false },
      { rule: 'network.connection-refused', severity: 'warning', count: 2, old: false },
    ]);
    expect(findings[1]?.exemplars.map((exemplar) => exemplar.text)).toEqual(
      [trace(1), trace(2)].map((each) => each.trimEnd()),
    );
    expect(findings.at(-1)).toMatchObject({
      service: 'shop',
      hosts: ['here'],
      reasoning: 'off',
      firstSeen: '2020-01-02T03:04:06.000Z',
      lastSeen: '2020-01-02T03:04:07.000Z',
    });
    expect(findings.at(-1)?.exemplars[0]).toMatchObject({
      before: ['2020-01-02T03:04:05Z INFO starting'],
      offset: 35,
      file: join(folder, 'shop.log'),
    });
  });

  it('gives the same for gzip, for several gzip members, and for standard input', async () => {
    const essence = (findings: readonly Finding[]) =>
      findings.map(({ rule, count, service, fingerprint }) => ({ rule, count, service, fingerprint }));
    const half = text.indexOf('java.lang');
    const plain = essence(await scan([await written('shop.log', text)]));
    const members = [text.slice(0, half), text.slice(half)].map((part) => gzipSync(part));
    expect(essence(await scan([await written('shop.log.1.gz', gzipSync(text))]))).toEqual(plain);
    expect(essence(await scan([await written('shop.log.2', Buffer.concat(members))]))).toEqual(plain);
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const stdin = Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 100), bytes.subarray(100)]);
      expect(essence(await scan(['-'], { stdin, service: 'shop' }))).toEqual(plain);
    }
  });

  it('folds several files into the same incidents', async () => {
    const inputs = [await written('shop.log', text), await written('shop.log.3', text)];
    expect((await scan(inputs)).map((finding) => finding.count)).toEqual([2, 4, 4]);
  });

  it('tells how far it is', async () => {
    const path = await written('shop.log', text);
    const seen: unknown[] = [];
    await scan([path], { onProgress: (progress) => seen.push(progress) });
    const size = Buffer.byteLength(text);
    expect(seen.at(-1)).toEqual({ bytes: size, totalBytes: size, findings: 3 });
  });

  it('takes hostile bytes', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from('fatal error: all goroutines are asleep\n'),
      Buffer.from([0, 0xff, 0xfe, 0x0a]),
      Buffer.alloc(3_000_000, 'x'),
      Buffer.from(' Connection refused\n\u001b[31mConnection refused'),
    ]);
    expect((await scan([await written('hostile.log', bytes)])).map((finding) => finding.rule)).toEqual([
      'generic.go-panic',
      'network.connection-refused',
    ]);
  });

  it('says of each input what is wrong with it', async () => {
    const cut = await written('cut.gz', gzipSync(text).subarray(0, 60));
    const broken = await written(
      'broken.gz',
      Buffer.concat([gzipSync(text).subarray(0, 15), Buffer.alloc(40, 7)]),
    );
    await expect(scan([folder, join(folder, 'none.log')])).rejects.toMatchObject({
      kind: 'unreadable-input',
      message: `${folder} is a directory; name the files in it\n${join(folder, 'none.log')} does not exist`,
    });
    await expect(scan([cut])).rejects.toMatchObject({
      message: `${cut} ends in the middle of its gzip data`,
    });
    await expect(scan([broken])).rejects.toMatchObject({ message: `${broken} has damaged gzip data` });
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not read a file', async () => {
    const path = await written('secret.log', text);
    await chmod(path, 0);
    await expect(scan([path])).rejects.toMatchObject({
      message: `${path} may not be read: permission denied`,
    });
  });
});

describe('matchLines', () => {
  it('gives each line that a rule matches, by number, without joining lines', async () => {
    const path = await written('shop.log', text);
    const found = [];
    for await (const batch of matchLines({
      inputs: [path],
      stdin: Readable.from([]),
      config,
      rules,
      type: 'app',
      now,
    }))
      found.push(...batch);
    expect(found.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'network.connection-refused'],
      [3, 'generic.error'],
      [6, 'generic.error'],
      [9, 'network.connection-refused'],
      [10, 'chinese.down'],
    ]);
    expect(found.at(-1)).toEqual({
      file: path,
      line: 10,
      rule: 'chinese.down',
      severity: 'critical',
      text: '数据库宕机',
    });
  });
});
