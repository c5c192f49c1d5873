import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { copyStage, makeTopic, numbers, patience, readAll, readCount, valuesOf } from './contract/harness.ts';
import { busContract } from './contract.ts';
import { openEmbeddedHarness } from './embedded/testing/harness.ts';
import { type EmbeddedBus, openEmbeddedBus } from './embedded.ts';

busContract('embedded', openEmbeddedHarness);

const run = promisify(execFile);
const logger = pino({ level: 'silent' });
const script = (name: string): string => join(import.meta.dirname, 'embedded', 'testing', name);

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

describe('the embedded bus', () => {
  let dataDir = '';
  const open = async (maxBytes = 100e6): Promise<EmbeddedBus> => {
    const bus = await openEmbeddedBus({ dataDir, maxBytes, logger });
    onTestFinished(() => bus.close());
    return bus;
  };
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'logpatrol-bus-'));
    return () => rmSync(dataDir, { recursive: true });
  });

  it('keeps a second opener out, and names the holder', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: `the data folder ${dataDir} is in use by process ${process.pid}: stop that process, or choose another folder`,
    });
    await first.close();
    await expect(open()).resolves.toBeDefined();
  });

  it('keeps a second process out', async () => {
    await open();
    await expect(run(process.execPath, [script('load.ts'), dataDir])).rejects.toMatchObject({
      stderr: expect.stringContaining(`in use by process ${process.pid}`),
    });
  });

  it('says which folder cannot be made', async () => {
    const inFile = join(script('load.ts'), 'data');
    await expect(openEmbeddedBus({ dataDir: inFile, maxBytes: 1e6, logger })).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining(inFile),
    });
  });

  it.each([100, 1500])('loses nothing and repeats nothing when killed after %i records', async (enough) => {
    const child = spawn(process.execPath, [script('load.ts'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line !== 'open') acknowledged = Number(line);
      if (acknowledged > enough) child.kill('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThan(enough);
    const bus = await open();
    const written = await readAll(bus, 'input');
    expect(written.length).toBeGreaterThan(acknowledged);
    expect(valuesOf(written)).toEqual(numbers(written.length));
    const { stop } = await startCopy(bus);
    const copied = await readCount(bus, 'output', written.length);
    await stop();
    expect(valuesOf(copied)).toEqual(numbers(written.length));
  });

  const startCopy = async (bus: EmbeddedBus) => {
    const member = await bus.run(copyStage('copy', 'input', 'output', 'successor'));
    return { stop: () => member.stop() };
  };

  it('makes writers wait while it is full of what is unread, and drops nothing', async () => {
    const maxBytes = 2e6;
    const bus = await open(maxBytes);
    const input = await makeTopic(bus);
    const output = await makeTopic(bus);
    const writer = await bus.writer('writer');
    const padding = ' '.repeat(20_000);
    let written = 0;
    const total = 300;
    const writing = (async () => {
      for (; written < total; written += 1) {
        await writer.write([{ topic: input, key: null, value: `${written}${padding}` }]);
      }
    })();
    await vi.waitUntil(async () => !(await bus.health()).ok, patience);
    const whenFull = written;
    expect(whenFull).toBeLessThan(maxBytes / padding.length);
    expect((await readAll(bus, input)).length).toBe(whenFull);

    const seen: number[] = [];
    const member = await bus.run({
      ...copyStage('copy', input, output),
      task: () => ({
        handle: (given) => {
          if (given.kind !== 'batch') return { records: [] };
          seen.push(...given.records.map((record) => Number(record.value)));
          return { records: [], covers: (given.records.at(-1)?.offset ?? 0) + 1 };
        },
      }),
    });
    await writing;
    await vi.waitUntil(() => seen.length >= total, patience);
    await member.stop();
    expect(seen).toEqual(numbers(total));
    expect((await bus.health()).ok).toBe(true);
    expect((await readAll(bus, input)).length).toBeLessThan(maxBytes / padding.length);
  });

  it.skipIf(!canMount())('refuses what a full disk cannot take, and goes on when there is room', async () => {
    const [command, ...options] = ownMounts;
    const shell = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$1" "$2" "$0"';
    const child = [...options, 'sh', '-c', shell, dataDir, process.execPath, script('full-disk.ts')];
    const { stdout } = await run(command, child);
    const { kind, message, written, copied, troubles } = JSON.parse(stdout);
    expect(kind).toBe('no-space');
    expect(message).toContain(`the disk of ${join(dataDir, 'bus.db')} is full`);
    expect(new Set(troubles)).toEqual(new Set(['no-space']));
    expect(copied).toEqual(numbers(written));
  });
});
