import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { makeFolder } from '#shared/disk/make-folder.ts';
import type { StepOptions, StepReport, Upkeep, UpkeepStepName } from '../../upkeep.ts';
import { faultsOf } from './check.ts';
import { dropExpired } from './expired.ts';
import {
  bytesIn,
  databaseFiles,
  diskOf,
  outdated,
  removeSnapshots,
  snapshotsIn,
  takeSnapshot,
} from './snapshot-folder.ts';

const hour = 60 * 60 * 1000;
const Checkpoint = z.object({ busy: z.number(), log: z.number(), checkpointed: z.number() });

/**
 * Looks after the embedded bus and store by connections of its own, in the process that has them or beside it: SQLite lets
 * several read one file, and write it one after the other.
 */
export function openEmbeddedUpkeep(config: Config): Upkeep {
  return new EmbeddedUpkeep(config);
}

class EmbeddedUpkeep implements Upkeep {
  readonly steps: readonly UpkeepStepName[];
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
    const snapshot = config.snapshots.folder === undefined ? [] : (['snapshot'] as const);
    this.steps = ['integrity', 'checkpoint', 'retention', ...snapshot, 'disk'];
  }

  async run(step: UpkeepStepName, options: StepOptions): Promise<StepReport> {
    switch (step) {
      case 'integrity':
        return { step, ...(await this.#integrity(options)) };
      case 'checkpoint':
        return { step, ...this.#checkpoint(options) };
      case 'retention':
        return { step, ...(await this.#retention(options)) };
      case 'snapshot':
        return { step, ...(await this.#snapshot(options)) };
      case 'disk':
        return { step, ...(await this.#disk()) };
      default:
        return { step, outcome: 'nothing', lines: [] };
    }
  }

  async examine(now: number): Promise<DependencyHealth[]> {
    const { outcome, lines } = await this.#disk();
    const disk = { name: 'disk', ok: outcome !== 'trouble', detail: lines.join('; ') };
    const remedy = 'free space on the disk of the data folder, or lower retention.embeddedGigabytes';
    const snapshot = await this.#newest(now);
    return [disk.ok ? disk : { ...disk, remedy }, ...(snapshot === undefined ? [] : [snapshot])];
  }

  async close(): Promise<void> {}

  async #newest(now: number): Promise<DependencyHealth | undefined> {
    const { folder, maxAgeHours } = this.#config.snapshots;
    if (folder === undefined) return undefined;
    const name = 'snapshots';
    const [newest] = await snapshotsIn(folder);
    const remedy =
      'run `logpatrol housekeeping run --step snapshot`, and see why the service housekeeping did not';
    if (newest === undefined) return { name, ok: false, detail: `none in ${folder}`, remedy };
    const hours = (now - newest.at) / hour;
    const detail = `the newest in ${folder} is ${hours.toFixed(1)} hours old`;
    return hours <= maxAgeHours ? { name, ok: true, detail } : { name, ok: false, detail, remedy };
  }

  #files(): string[] {
    return databaseFiles.filter((file) => existsSync(join(this.#config.dataDir, file)));
  }

  async #integrity({ signal }: StepOptions): Promise<Omit<StepReport, 'step'>> {
    const faults: string[] = [];
    for (const file of this.#files())
      for (const fault of await faultsOf(join(this.#config.dataDir, file), signal))
        faults.push(`${file} is damaged: ${fault}; stop logpatrol and put the newest snapshot in its place`);
    if (faults.length > 0) return { outcome: 'trouble', lines: faults };
    return { outcome: 'done', lines: [`${this.#files().join(' and ')} sound`] };
  }

  #checkpoint({ dryRun }: StepOptions): Omit<StepReport, 'step'> {
    if (dryRun) return { outcome: 'nothing', lines: ['would put the write-ahead logs into their databases'] };
    const lines = this.#files().map((file) => {
      const database = new DatabaseSync(join(this.#config.dataDir, file), { timeout: 1000 });
      try {
        const { busy } = Checkpoint.parse(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
        return `write-ahead log of ${file} ${busy === 0 ? 'emptied' : 'in use: left for the next night'}`;
      } finally {
        database.close();
      }
    });
    return { outcome: 'done', lines };
  }

  async #retention(options: StepOptions): Promise<Omit<StepReport, 'step'>> {
    const file = join(this.#config.dataDir, 'store.sqlite');
    if (!existsSync(file)) return { outcome: 'nothing', lines: [] };
    const database = new DatabaseSync(file, { timeout: 5000, readOnly: options.dryRun });
    try {
      const lines = await dropExpired(database, this.#config.retention, options);
      return { outcome: lines.length > 0 ? 'done' : 'nothing', lines };
    } finally {
      database.close();
    }
  }

  async #snapshot({ now, dryRun, signal }: StepOptions): Promise<Omit<StepReport, 'step'>> {
    const { folder, keepDays } = this.#config.snapshots;
    const files = this.#files();
    if (folder === undefined || files.length === 0) return { outcome: 'nothing', lines: [] };
    const { dataDir } = this.#config;
    const bytes = files.reduce((sum, file) => sum + bytesIn(join(dataDir, file)), 0);
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    if (dryRun) return { outcome: 'done', lines: [`would copy ${size} to ${folder}`] };
    makeFolder(folder);
    const { free } = await diskOf(folder);
    if (free < bytes)
      return {
        outcome: 'trouble',
        lines: [
          `${folder} has ${(free / 1e6).toFixed(1)} MB free, and a snapshot takes ${size}; free space there`,
        ],
      };
    const taken = await takeSnapshot(dataDir, folder, files, now, signal);
    const old = outdated(await snapshotsIn(folder), keepDays, now);
    await removeSnapshots(folder, old);
    const gone = old.length === 0 ? [] : [`${old.length} of more than ${keepDays} days removed`];
    return { outcome: 'done', lines: [`${taken.name} in ${folder}: ${size}, read again and sound`, ...gone] };
  }

  async #disk(): Promise<Omit<StepReport, 'step'>> {
    const { dataDir, housekeeping } = this.#config;
    if (!existsSync(dataDir)) return { outcome: 'nothing', lines: [`${dataDir} is not there yet`] };
    const { percentUsed } = await diskOf(dataDir);
    const line = `the disk of ${dataDir} is ${percentUsed.toFixed(0)}% full`;
    return { outcome: percentUsed >= housekeeping.disk.warning ? 'trouble' : 'done', lines: [line] };
  }
}
