import { cp, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { openBus, openStore } from '#shared/lifecycle/index.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { forever, line } from '../../contract/line.ts';
import type { Store } from '../../port.ts';
import type { Upkeep, UpkeepStepName } from '../../upkeep.ts';
import { openEmbeddedUpkeep } from './index.ts';

const logger = pino({ level: 'silent' });
const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-21T02:00:00Z');

describe('looking after the embedded files', () => {
  let root: string;
  let store: Store;
  let upkeep: Upkeep;
  const configOf = (changes: object = {}) =>
    ConfigSchema.parse({
      dataDir: join(root, 'data'),
      snapshots: { folder: join(root, 'snapshots'), keepDays: 2 },
      ...changes,
    });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'logpatrol-upkeep-'));
    store = await openStore(configOf(), { logger });
    upkeep = openEmbeddedUpkeep(configOf());
  });
  afterEach(async () => {
    await upkeep.close();
    await store.close();
    await rm(root, { recursive: true });
  });
  const run = (step: UpkeepStepName, at = now, dryRun = false) =>
    upkeep.run(step, { now: at, dryRun, signal: new AbortController().signal });
  const snapshots = async () => (await readdir(join(root, 'snapshots'))).sort();

  it('takes a snapshot while the store is written, and what is put back has all of before', async () => {
    const bus = await openBus(configOf(), { logger, observer: {}, name: 'test' });
    await bus.setup(topicSpecs(configOf()));
    const before = Array.from({ length: 500 }, (_, index) => line(`line ${index}`));
    await store.saveLogs(before, forever);
    const writing = store.saveLogs(
      Array.from({ length: 500 }, (_, index) => line(`while ${index}`)),
      forever,
    );
    expect(await run('snapshot')).toMatchObject({ outcome: 'done' });
    await writing;
    await bus.close();
    const [taken = ''] = await snapshots();
    const folder = join(root, 'snapshots', taken);
    expect((await readdir(folder)).sort()).toEqual(['bus.db', 'store.sqlite']);
    const restored = await openStore({ ...configOf(), dataDir: folder }, { logger });
    const ids = new Set((await restored.searchLogs({ limit: 2000 })).map(({ id }) => id));
    expect(before.filter(({ id }) => !ids.has(id))).toEqual([]);
    await restored.close();
  });

  it('says how large it is, though most is in the write-ahead log yet', async () => {
    await store.saveLogs(
      Array.from({ length: 2000 }, (_, index) => line(`line ${index} ${'x'.repeat(300)}`)),
      forever,
    );
    const [before] = (await run('snapshot', now, true)).lines;
    const [after] = (await run('snapshot')).lines;
    const [taken = ''] = await snapshots();
    const { size } = await stat(join(root, 'snapshots', taken, 'store.sqlite'));
    const words = `${(size / 1e6).toFixed(1)} MB`;
    expect([before, after]).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
  });

  it('keeps snapshots for so many days, and the three newest whatever their age', async () => {
    for (const days of [0, 1, 2, 3, 4]) await run('snapshot', now + days * day);
    expect(await snapshots()).toEqual(
      [2, 3, 4].map((days) => expect.stringContaining(`2026-11-2${1 + days}T`)),
    );
    await run('snapshot', now + 30 * day);
    await run('snapshot', now + 31 * day);
    expect(await snapshots()).toHaveLength(3);
  });

  it('says how old the newest is', async () => {
    const health = async (at: number) => (await upkeep.examine(at)).find(({ name }) => name === 'snapshots');
    expect(await health(now)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('--step snapshot'),
    });
    await run('snapshot');
    expect(await health(now + day)).toMatchObject({ ok: true });
    expect(await health(now + 2 * day)).toMatchObject({ ok: false, detail: expect.stringContaining('48.0') });
  });

  it('leaves nothing of a snapshot that does not succeed', async () => {
    await damage(join(root, 'data', 'store.sqlite'), store);
    await expect(run('snapshot')).rejects.toThrow(/not sound|malformed|not a database/);
    expect(await snapshots()).toEqual([]);
    store = await openStore({ ...configOf(), dataDir: join(root, 'other') }, { logger });
  });

  it('finds a damaged file', async () => {
    expect(await run('integrity')).toEqual({
      step: 'integrity',
      outcome: 'done',
      lines: ['store.sqlite sound'],
    });
    await damage(join(root, 'data', 'store.sqlite'), store);
    expect(await run('integrity')).toMatchObject({
      outcome: 'trouble',
      lines: expect.arrayContaining([expect.stringContaining('store.sqlite is damaged')]),
    });
    store = await openStore({ ...configOf(), dataDir: join(root, 'other') }, { logger });
  });

  it('deletes what has expired, and no finding that is open', async () => {
    const at = new Date(now - 400 * day).toISOString();
    const old = { firstSeen: at, lastSeen: at };
    const findings = [
      sampleFinding({ id: 'old', state: 'resolved', ...old }),
      sampleFinding({ id: 'open', state: 'open', ...old }),
      sampleFinding({ id: 'new', state: 'resolved', lastSeen: new Date(now).toISOString() }),
    ];
    await store.saveFindings(findings, forever);
    await store.saveDeliveries(
      [sampleDelivery({ at }), sampleDelivery({ at: new Date(now).toISOString() })],
      forever,
    );
    const lines = (would: string) => [
      `1 findings of more than 365 days ${would}`,
      `1 deliveries of more than 90 days ${would}`,
    ];
    expect(await run('retention', now, true)).toMatchObject({ lines: lines('would go') });
    expect(await run('retention')).toMatchObject({ outcome: 'done', lines: lines('went') });
    expect(await run('retention')).toMatchObject({ outcome: 'nothing' });
    const left = (await store.searchFindings({ limit: 10 })).map(({ id }) => id);
    expect(left.sort()).toEqual(['new', 'open']);
    expect(await store.deliveries({ limit: 10 })).toHaveLength(1);
  });
});

/** Overwrites pages in the middle of a file, once its store is closed and all of it stands there. */
async function damage(file: string, store: Store): Promise<void> {
  await store.saveLogs(
    Array.from({ length: 3000 }, (_, index) => line(`${index} ${'x'.repeat(200)}`)),
    forever,
  );
  await store.close();
  await cp(file, `${file}.copy`);
  const handle = await open(`${file}.copy`, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(64 * 1024, 0xa5), 0, 64 * 1024, Math.floor(size / 2 / 4096) * 4096);
  await handle.close();
  await rename(`${file}.copy`, file);
}
