import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noBmc, type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';
import { openSession } from './index.ts';
import { openSensorCache } from './sensor-cache.ts';
import { askedBmc, sessionOptions } from './testing/asked-bmc.ts';
import { processesWith } from './testing/processes.ts';

describe.skipIf(noBmc !== undefined)('what is kept of sensors', () => {
  let sim: SimulatedBmc;
  let folder: string;
  beforeAll(async () => {
    sim = await startBmc();
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-bmc-test-'));
  });
  afterAll(async () => {
    await sim?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const cacheDir = () => join(folder, 'kept');
  afterEach(() => rm(cacheDir(), { recursive: true, force: true }));

  async function names(): Promise<string[]> {
    const session = await openSession(askedBmc(sim), sessionOptions({ cacheDir: cacheDir() }));
    try {
      return (await session.sensors()).map(({ name }) => name);
    } finally {
      await session.close();
    }
  }

  it('is made once, used afterwards, and mended when it is broken', async () => {
    const first = await names();
    const files = await readdir(cacheDir());
    expect(files.map((file) => file.replace(/^[0-9a-f]{24}/, ''))).toEqual(['.json', '.sdr']);
    const [json = '', sdr = ''] = files.map((file) => join(cacheDir(), file));
    const made = await readFile(json, 'utf8');

    const session = await openSession(askedBmc(sim), sessionOptions({ cacheDir: cacheDir() }));
    expect(processesWith(`${sim.port}`).some(({ command }) => /-S [0-9a-f]{24}\.sdr /.test(command))).toBe(
      true,
    );
    expect((await session.sensors()).map(({ name }) => name)).toEqual(first);
    await session.close();
    expect(await readFile(json, 'utf8')).toBe(made);

    for (const broken of [
      () => writeFile(sdr, 'broken'),
      () => writeFile(json, '{"version":'),
      () => rm(sdr),
    ]) {
      await broken();
      expect(await names()).toEqual(first);
      expect(await readdir(cacheDir())).toEqual(files);
    }
  });

  it('is made again when the BMC has other sensors', async () => {
    const other = await startBmc();
    try {
      const session = async (): Promise<string[]> => {
        const open = await openSession(askedBmc(other), sessionOptions({ cacheDir: cacheDir() }));
        const sensors = await open.sensors();
        await open.close();
        return sensors.map(({ name }) => name);
      };
      const before = await session();
      await other.console(
        'main_sdr_add 0x20 0x00 0x00 0x51 0x02 0x1f 0x20 0x00 0x10 0x0a 0x03 0x67 0x40 0x08 0x6f 0xff 0x00 0xff 0x00 0xff 0x00 0xc0 0x00 0x00 0x01 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0xc4 0x50 0x53 0x55 0x33',
      );
      expect(await session()).toEqual([...before, 'PSU3']);
    } finally {
      await other.stop();
    }
  });

  it('is read again when it is old, where there is the time', async () => {
    await names();
    const [json = ''] = (await readdir(cacheDir())).map((file) => join(cacheDir(), file));
    const made = z.looseObject({ keptAt: z.number() }).parse(JSON.parse(await readFile(json, 'utf8')));
    const keptAt = made.keptAt - 7 * 3_600_000;
    for (const [tookMs, isReadAgain] of [
      [9000, false],
      [3000, true],
    ] as const) {
      await writeFile(json, JSON.stringify({ ...made, keptAt, tookMs }));
      await names();
      const now = z.looseObject({ keptAt: z.number() }).parse(JSON.parse(await readFile(json, 'utf8')));
      expect(now.keptAt >= made.keptAt).toBe(isReadAgain);
    }
  });

  it('is done without where it cannot be kept', async () => {
    const session = await openSession(askedBmc(sim), sessionOptions({ cacheDir: '/proc/nowhere' }));
    expect(await session.sensors()).toHaveLength(19);
    await session.close();
    const none = await openSession(askedBmc(sim), sessionOptions({ cacheDir: undefined }));
    expect(await none.sensors()).toHaveLength(19);
    await none.close();
  });
});

it('leaves no file behind where the records cannot be read to their end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bmc-test-'));
  try {
    const { logger } = sessionOptions();
    const cache = await openSensorCache({ name: 'db-1', host: '10.0.0.11', port: 623 }, folder, logger);
    const taken = cache.takeSdr(async (file) => {
      await writeFile(join(folder, file), 'half of it');
      throw new Error('it took too long');
    });
    await expect(taken).rejects.toThrow('it took too long');
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
