import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { forever, line, start } from './contract/line.ts';
import { sampleRunbook } from './contract/runbooks.ts';
import { storeContract } from './contract.ts';
import { openEmbeddedStore, openEmbeddedStoreForReading } from './embedded.ts';
import type { Store } from './port.ts';

const logger = pino({ level: 'silent' });
const run = promisify(execFile);
/** Runs a command where mounts are its own, and end with it; root is not needed where the system lets users do so. */
const ownMounts = ['unshare', '--user', '--map-root-user', '--mount'] as const;

function canMount(): boolean {
  try {
    const [command, ...options] = ownMounts;
    execFileSync(command, [...options, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

storeContract('embedded', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-store-'));
  const store = await openEmbeddedStore({ dataDir, maxBytes: 1e9, logger });
  const close = async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  };
  return { store, close };
});

describe('the embedded store', () => {
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-store-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
  const open = async (maxBytes = 1e9): Promise<Store> => {
    const store = await openEmbeddedStore({ dataDir, maxBytes, logger });
    onTestFinished(() => store.close());
    return store;
  };

  it('has everything again when it is opened again', async () => {
    const first = await open();
    const document = line('kept over a restart');
    await first.saveLogs([document], forever);
    await first.saveFindings([sampleFinding()], forever);
    await first.saveDeliveries([sampleDelivery()], forever);
    await first.close();
    const second = await open();
    expect(await second.searchLogs({ keywords: ['restart'], limit: 5 })).toMatchObject([{ id: document.id }]);
    expect(await second.saveLogs([document], forever)).toEqual([{ kind: 'duplicate' }]);
    expect(await second.finding(sampleFinding().id)).toEqual(sampleFinding());
    expect(await second.deliveries({ limit: 5 })).toEqual([sampleDelivery()]);
  });

  it('finds any part of a word', async () => {
    const store = await open();
    await store.saveLogs([line('SocketTimeoutException')], forever);
    expect(await store.countLogs({ keywords: ['timeout'] })).toBe(1);
  });

  it('drops the oldest lines beyond its size, keeps the file within it, and keeps findings', async () => {
    const maxBytes = 12e6;
    const store = await open(maxBytes);
    await store.saveFindings([sampleFinding()], forever);
    for (let batch = 0; batch < 150; batch++) {
      const lines = Array.from({ length: 100 }, (_, n) =>
        line(`${batch}-${n} ${Math.random()} ${'some words of a log line '.repeat(20)}`, {
          at: start + batch * 1000,
        }),
      );
      await store.saveLogs(lines, forever);
    }
    expect((await stat(join(dataDir, 'store.sqlite'))).size).toBeLessThan(maxBytes);
    const count = await store.countLogs({});
    expect(count).toBeGreaterThan(500);
    expect(count).toBeLessThan(14_000);
    expect(await store.countLogs({ from: start + 149_000 })).toBe(100);
    expect(await store.countLogs({ to: start + 1000 })).toBe(0);
    expect(await store.countLogs({ keywords: ['words of a log'] })).toBe(count);
    expect(await store.finding(sampleFinding().id)).toBeDefined();
  });

  it('keeps a section of a runbook as a row with all that its file says', async () => {
    const store = await open();
    await store.saveRunbooks([sampleRunbook('disk', ['症状', '写不进去'], ['处置', '扩容'])], forever);
    const database = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
    onTestFinished(() => database.close());
    const rows = database.prepare('SELECT json FROM runbooks').all();
    expect(rows.map(({ json }) => JSON.parse(String(json)))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'disk',
          section: '症状',
          text: '写不进去',
          rules: ['database.deadlock'],
        }),
        expect.objectContaining({ name: 'disk', section: '处置', position: 1, line: 11 }),
      ]),
    );
  });

  it('is read by others while it is written, up to what is committed', async () => {
    const writer = await open();
    await writer.saveLogs([line('first', { service: 'shared' })], forever);
    const reader = await openEmbeddedStoreForReading({ dataDir });
    onTestFinished(() => reader.close());
    expect(await reader.countLogs({ service: 'shared' })).toBe(1);
    await writer.saveLogs([line('second', { service: 'shared' })], forever);
    expect(await reader.searchLogs({ service: 'shared', limit: 5 })).toHaveLength(2);
    await writer.close();
    expect(await reader.services({ limit: 5 })).toEqual([{ service: 'shared', count: 2 }]);
    expect(await reader.health()).toMatchObject({ ok: true });
    const afterwards = await openEmbeddedStoreForReading({ dataDir });
    expect(await afterwards.countLogs({})).toBe(2);
    await afterwards.close();
  });

  it('that an earlier version wrote, which kept nothing of who did what, can be read', async () => {
    await (await open()).close();
    const file = new DatabaseSync(join(dataDir, 'store.sqlite'));
    file.exec('DROP TABLE audit');
    file.close();
    const reader = await openEmbeddedStoreForReading({ dataDir });
    onTestFinished(() => reader.close());
    expect(await reader.audit({ limit: 5 })).toEqual([]);
  });

  it('makes nothing where it is only to be read, and says what is missing', async () => {
    const expected = { kind: 'unusable-environment', message: expect.stringContaining(dataDir) };
    await expect(openEmbeddedStoreForReading({ dataDir })).rejects.toMatchObject(expected);
    await expect(stat(join(dataDir, 'store.sqlite'))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(dataDir, 'store.sqlite'), '');
    await expect(openEmbeddedStoreForReading({ dataDir })).rejects.toMatchObject(expected);
    await writeFile(join(dataDir, 'store.sqlite'), 'no database, however long one looks at it'.repeat(9));
    await expect(openEmbeddedStoreForReading({ dataDir })).rejects.toMatchObject(expected);
  });

  it('leaves other tasks their turn while it looks through many lines for few', async () => {
    const store = await open();
    const lines = Array.from({ length: 20_000 }, (_, index) => line(`line ${index}`));
    await store.saveLogs([...lines, line('the one', { service: 'rare', at: start + 1 })], forever);
    let turns = 0;
    const count = (): void => {
      turns += 1;
      waiting = setImmediate(count);
    };
    let waiting = setImmediate(count);
    const found = [];
    for await (const page of store.scanLogs({ service: 'rare' })) found.push(...page);
    clearImmediate(waiting);
    expect(found).toHaveLength(1);
    expect(turns).toBeGreaterThan(15);
  });

  it('says what is wrong with a folder that it cannot use', async () => {
    const path = join(dataDir, 'file');
    await writeFile(path, 'no folder');
    await expect(openEmbeddedStore({ dataDir: path, maxBytes: 1e9, logger })).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining(path),
    });
    await writeFile(
      join(dataDir, 'store.sqlite'),
      'this is no database, but it is long enough to be looked at',
    );
    await expect(openEmbeddedStore({ dataDir, maxBytes: 1e9, logger })).rejects.toMatchObject({
      kind: 'unusable-environment',
    });
  });

  it.skipIf(!canMount())(
    'waits while the disk is full, until it is told to stop or there is room',
    async () => {
      const [command, ...options] = ownMounts;
      const script = join(import.meta.dirname, 'embedded', 'testing', 'full-disk.ts');
      const shell = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$1" "$2" "$0"';
      const { stdout } = await run(command, [
        ...options,
        'sh',
        '-c',
        shell,
        dataDir,
        process.execPath,
        script,
      ]);
      const { batches, whileFull, abandoned, outcomes, count, isWellAfter } = JSON.parse(stdout);
      expect(batches).toBeGreaterThan(5);
      expect(whileFull).toMatchObject({ ok: false, detail: expect.stringContaining('full') });
      expect(abandoned).toContain('told to stop');
      expect(outcomes).toEqual(['stored']);
      expect(count).toBe((batches + 1) * 50);
      expect(isWellAfter).toBe(true);
    },
  );
});
