import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { StepOptions, StepReport, Upkeep, UpkeepStepName } from '../../upkeep.ts';
import { Connection, Forbidden } from '../connection.ts';
import { metricStreams, type Names, namesIn } from '../names.ts';
import { type SnapshotAssets, snapshotAssets } from '../snapshot-assets.ts';
import { type BackingIndex, backingIndices } from './backing-indices.ts';
import { disksOf } from './disks.ts';
import { dropFindings, lifecycleErrors, overdue } from './expired.ts';
import { merge, mergeable } from './force-merge.ts';
import { restoreProbe } from './restore-probe.ts';
import { nightlySnapshot, snapshotHealth } from './snapshot-step.ts';
import { snapshotsIn } from './snapshots.ts';

type Report = Omit<StepReport, 'step'>;

const hour = 60 * 60 * 1000;
const day = 24 * hour;

/** Looks after what an installation has in Elasticsearch. */
export async function openElasticsearchUpkeep(config: Config): Promise<Upkeep> {
  if (config.elasticsearch === undefined) throw new Error('no Elasticsearch is configured');
  const names = namesIn(config.elasticsearch.namespace);
  const assets = await snapshotAssets(config, names);
  return new ElasticsearchUpkeep(config, new Connection(config.elasticsearch), names, assets);
}

class ElasticsearchUpkeep implements Upkeep {
  readonly steps: readonly UpkeepStepName[];
  readonly #config: Config;
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #assets: SnapshotAssets | undefined;
  readonly #streams: readonly string[];

  constructor(config: Config, connection: Connection, names: Names, assets: SnapshotAssets | undefined) {
    this.#config = config;
    this.#connection = connection;
    this.#names = names;
    this.#assets = assets;
    this.#streams = [
      ...Object.keys(config.routes).map((type) => names.logs(type)),
      ...metricStreams(names),
      names.deliveries,
      names.audit,
    ];
    const { restoreProbe: probes } = config.snapshots;
    this.steps = [
      ...(config.housekeeping.forceMergeHours > 0 ? (['force-merge'] as const) : []),
      'retention',
      ...(assets === undefined ? [] : (['snapshot'] as const)),
      ...(assets === undefined || !probes ? [] : (['restore-probe'] as const)),
      'disk',
    ];
  }

  async run(step: UpkeepStepName, options: StepOptions): Promise<StepReport> {
    return { step, ...(await this.#report(step, options)) };
  }

  async examine(now: number): Promise<DependencyHealth[]> {
    const disk = await this.#disk();
    const errors = await lifecycleErrors(this.#connection, this.#streams);
    return [
      {
        name: 'disk of Elasticsearch',
        ok: disk.outcome !== 'trouble',
        detail: disk.lines.join('; '),
        ...(disk.outcome === 'trouble' && {
          remedy:
            'add a disk or a node, or lower retention.elasticsearch.logs.deleteAfterDays and run `logpatrol setup`',
        }),
      },
      errors.length === 0
        ? { name: 'lifecycle', ok: true, detail: 'no index is stuck' }
        : {
            name: 'lifecycle',
            ok: false,
            detail: `${errors.length} indices are stuck`,
            remedy: errors[0] ?? '',
          },
      ...(this.#assets === undefined
        ? []
        : [await snapshotHealth(this.#connection, this.#assets, this.#config.snapshots, now)]),
    ];
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #report(step: UpkeepStepName, options: StepOptions): Promise<Report> {
    switch (step) {
      case 'force-merge':
        return this.#merge(options);
      case 'retention':
        return this.#retention(options);
      case 'snapshot':
        return nightlySnapshot(this.#connection, this.#required(), this.#config.snapshots, options);
      case 'restore-probe':
        return this.#probe(options);
      case 'disk':
        return this.#disk(options.signal);
      default:
        return Promise.resolve({ outcome: 'nothing', lines: [] });
    }
  }

  #required(): SnapshotAssets {
    if (this.#assets === undefined)
      throw new LogpatrolError('invalid-config', 'snapshots.repository names no place for snapshots');
    return this.#assets;
  }

  #indices(signal: AbortSignal): Promise<BackingIndex[]> {
    return backingIndices(this.#connection, this.#streams, signal);
  }

  async #merge({ now, dryRun, signal }: StepOptions): Promise<Report> {
    const waiting = await mergeable(this.#connection, await this.#indices(signal), now, signal);
    if (waiting.length === 0) return { outcome: 'nothing', lines: [] };
    if (dryRun) return { outcome: 'done', lines: waiting.map(({ name }) => `would merge ${name}`) };
    const [fullest] = await disksOf(this.#connection, signal);
    if (fullest !== undefined && fullest.percentUsed >= this.#config.housekeeping.disk.critical)
      return {
        outcome: 'trouble',
        lines: [`nothing is merged, for that takes space: the disk of ${fullest.node} is too full`],
      };
    const begun = performance.now();
    const failed: string[] = [];
    let merged = 0;
    for (const index of waiting) {
      if (performance.now() - begun >= this.#config.housekeeping.forceMergeHours * hour) break;
      const why = await merge(this.#connection, index, signal);
      if (why === undefined) merged += 1;
      else failed.push(`${index.name} cannot be merged: ${why}`);
    }
    const left = waiting.length - merged - failed.length;
    const done = `${merged} indices merged${left > 0 ? `, ${left} wait for the next night` : ''}`;
    return { outcome: failed.length > 0 ? 'trouble' : 'done', lines: [...failed, done] };
  }

  async #retention({ now, dryRun, signal }: StepOptions): Promise<Report> {
    const { retention } = this.#config;
    const errors = await lifecycleErrors(this.#connection, this.#streams, signal);
    const old = overdue(await this.#indices(signal), retention, this.#names, now);
    const lines: string[] = [];
    for (const { name } of old) {
      const isGone = dryRun || (await this.#mayDelete(name, signal));
      if (isGone) lines.push(`${name} ${dryRun ? 'would be' : 'was'} deleted, as its lifecycle should have`);
      else
        errors.push(
          `${name} is older than is kept, and its lifecycle has not deleted it: see GET /${name}/_ilm/explain, or delete it as administrator`,
        );
    }
    const before = now - retention.findingsDays * day;
    const dropped = await dropFindings(this.#connection, this.#names.findings, before, { dryRun, signal });
    if (dropped > 0)
      lines.push(
        `${dropped} findings of more than ${retention.findingsDays} days ${dryRun ? 'would go' : 'went'}`,
      );
    if (errors.length > 0) return { outcome: 'trouble', lines: [...errors, ...lines] };
    return { outcome: lines.length > 0 ? 'done' : 'nothing', lines };
  }

  /** Deletes an index. @returns false where that is not within our rights, as it is not within those of the service in production */
  async #mayDelete(name: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#connection.call({ method: 'DELETE', path: `/${name}`, signal });
      return true;
    } catch (error) {
      if (error instanceof Forbidden) return false;
      throw error;
    }
  }

  async #probe({ dryRun, signal }: StepOptions): Promise<Report> {
    const { repository, prefix } = this.#required();
    const snapshots = await snapshotsIn(this.#connection, repository, prefix, signal);
    const newest = snapshots?.find(({ state }) => state === 'SUCCESS');
    if (newest === undefined)
      return { outcome: 'trouble', lines: ['there is no complete snapshot to restore from'] };
    if (dryRun) return { outcome: 'done', lines: [`would restore an index of ${newest.name}`] };
    const as = this.#names.asset('restore-probe');
    const indices = await this.#indices(signal);
    const { ok, line } = await restoreProbe(this.#connection, repository, newest, indices, as, signal);
    return { outcome: ok ? 'done' : 'trouble', lines: [line] };
  }

  async #disk(signal?: AbortSignal): Promise<Report> {
    const { warning } = this.#config.housekeeping.disk;
    const disks = await disksOf(this.#connection, signal);
    const full = disks.filter(({ percentUsed }) => percentUsed >= warning);
    const shown = full.length > 0 ? full : disks.slice(0, 1);
    const lines = shown.map(
      ({ node, percentUsed }) => `the disk of ${node} is ${percentUsed.toFixed(0)}% full`,
    );
    return { outcome: full.length > 0 ? 'trouble' : 'done', lines };
  }
}
