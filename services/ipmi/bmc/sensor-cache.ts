import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Bmc } from '../inspection.ts';
import { SensorFacts } from './ipmitool/read-facts.ts';

/** Thresholds can be changed without the records changing, so all is read again so often, if there is the time. */
const freshForMs = 6 * 3_600_000;
/** A repository of records has 64 KB. */
const largestSdrBytes = 1 << 20;

/** What is known of a BMC's sensors beside their readings. */
export interface SensorKnowledge {
  /** Of the sensor data records, as the BMC states it. */
  readonly version: string;
  /** Name of the file with its sensor data records, for `ipmitool -S`. */
  readonly sdrFile: string | undefined;
  readonly facts: readonly SensorFacts[];
  /** How long it took to read it, in milliseconds. */
  readonly tookMs: number;
  /** It is old enough to be read again. */
  readonly isOld?: boolean;
}

const Kept = z.object({
  version: z.string(),
  keptAt: z.number(),
  tookMs: z.number().nonnegative(),
  sdrHash: z.string().optional(),
  facts: z.array(SensorFacts).max(4096),
});

/**
 * Keeps the knowledge below a folder, a pair of files for each address: `<hash>.json`, and `<hash>.sdr` as `ipmitool sdr dump`
 * writes it. Whatever goes wrong with them is logged, and never the poll's trouble: it is read from the BMC again.
 */
export interface SensorCache {
  /** In which the names of files are; undefined where nothing is kept. */
  readonly folder: string | undefined;
  read(): Promise<SensorKnowledge | undefined>;
  /** Lets `dump` write the records to a file of the folder; the file's name when that has worked. */
  takeSdr(dump: (file: string) => Promise<unknown>): Promise<string | undefined>;
  write(knowledge: SensorKnowledge): Promise<void>;
  forget(): Promise<void>;
}

export async function openSensorCache(
  bmc: Pick<Bmc, 'name' | 'host' | 'port'>,
  folder: string | undefined,
  logger: Logger,
): Promise<SensorCache> {
  if (folder === undefined || !isUsable(folder)) return nothingKept;
  const inFolder = (file: string): string => join(folder, file);
  // The address is no file name: it can be anything.
  const name = createHash('sha256').update(`${bmc.host}:${bmc.port}`).digest('hex').slice(0, 24);
  const sdrFile = `${name}.sdr`;
  const jsonFile = inFolder(`${name}.json`);

  function isUsable(path: string): boolean {
    try {
      makeFolder(path);
      return true;
    } catch (error) {
      logger.warn({ path, reason: messageOf(error) }, 'what is known of sensors cannot be kept');
      return false;
    }
  }

  async function read(): Promise<SensorKnowledge | undefined> {
    try {
      const kept = Kept.parse(JSON.parse(await readFile(jsonFile, 'utf8')));
      const age = Date.now() - kept.keptAt;
      if (kept.sdrHash !== undefined && (await hashOf(inFolder(sdrFile))) !== kept.sdrHash) return undefined;
      const { version, facts, tookMs } = kept;
      const isOld = age < 0 || age > freshForMs;
      return { version, facts, tookMs, isOld, sdrFile: kept.sdrHash === undefined ? undefined : sdrFile };
    } catch {
      // Not there yet, or broken: both are mended by reading it anew.
      return undefined;
    }
  }

  async function takeSdr(dump: (file: string) => Promise<unknown>): Promise<string | undefined> {
    const beside = `${sdrFile}.${randomUUID()}`;
    try {
      await dump(beside);
      return await rename(inFolder(beside), inFolder(sdrFile)).then(
        () => sdrFile,
        (error: unknown) => {
          logger.debug({ server: bmc.name, reason: messageOf(error) }, 'no sensor data records to keep');
          return undefined;
        },
      );
    } finally {
      await rm(inFolder(beside), { force: true }).catch(() => {});
    }
  }

  async function write(knowledge: SensorKnowledge): Promise<void> {
    const beside = `${jsonFile}.${randomUUID()}`;
    try {
      const { version, facts, tookMs } = knowledge;
      const sdrHash = knowledge.sdrFile === undefined ? undefined : await hashOf(inFolder(knowledge.sdrFile));
      const kept = {
        version,
        keptAt: Date.now(),
        tookMs,
        ...(sdrHash === undefined ? {} : { sdrHash }),
        facts,
      };
      await writeFile(beside, JSON.stringify(kept));
      await rename(beside, jsonFile);
    } catch (error) {
      logger.warn({ server: bmc.name, reason: messageOf(error) }, 'what is known of sensors cannot be kept');
      await rm(beside, { force: true }).catch(() => {});
    }
  }

  return { folder, read, takeSdr, write, forget: () => rm(jsonFile, { force: true }).catch(() => {}) };
}

const nothingKept: SensorCache = {
  folder: undefined,
  read: async () => undefined,
  takeSdr: async () => undefined,
  write: async () => {},
  forget: async () => {},
};

async function hashOf(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (bytes.length > largestSdrBytes) throw new Error('larger than any repository');
  return createHash('sha256').update(bytes).digest('hex');
}
