import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { AssetSettings } from './asset-values.ts';
import { assetsOf, pipelineOf } from './assets.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { type Applied, applyAsset } from './present.ts';
import { indexBehindAlias } from './renew-aliases.ts';
import { renewStreams } from './renew-streams.ts';
import type { SnapshotAssets } from './snapshot-assets.ts';
import { applySnapshots } from './snapshot-setup.ts';

/**
 * Brings templates, policies, pipelines, the indices of findings and runbooks, and the repository of snapshots into being, or up to
 * date. What is there in a newer version is left alone, so that an older member does not undo a newer one's. What is there already
 * of data is brought along by `renewStreams` and `indexBehindAlias`; nothing is deleted.
 */
export async function applyAssets(
  connection: Connection,
  settings: AssetSettings,
  names: Names,
  snapshots: SnapshotAssets | undefined,
  dryRun: boolean,
): Promise<Change[]> {
  const assets = await assetsOf(settings, names);
  const applied: Applied[] = [];
  // Kind after kind, for they refer to one another; at once within a kind, for each is a change of the cluster's state.
  for (const ofKind of Map.groupBy(assets, ({ kind }) => kind).values())
    applied.push(...(await Promise.all(ofKind.map((asset) => applyAsset(connection, asset, dryRun)))));
  const changes = applied.map(({ change }) => change);
  changes.push(...(await renewStreams(connection, applied, dryRun)));
  for (const kind of ['findings', 'runbooks'] as const) {
    const template = applied.find(
      ({ asset }) => asset.kind === 'index-templates' && asset.name === names.asset(kind),
    );
    changes.push(await indexBehindAlias(connection, kind, names[kind], template, dryRun));
  }
  if (snapshots !== undefined) changes.push(...(await applySnapshots(connection, snapshots, dryRun)));
  await requirePipelines(connection, settings.routes, names);
  return changes;
}

async function requirePipelines(
  connection: Connection,
  routes: Config['routes'],
  names: Names,
): Promise<void> {
  for (const [type, route] of Object.entries(routes)) {
    const pipeline = await pipelineOf(type, route, names);
    const isForeign = pipeline !== undefined && pipeline === route.pipeline;
    if (
      isForeign &&
      (await connection.find(`/_ingest/pipeline/${encodeURIComponent(pipeline)}`)) === undefined
    )
      throw new LogpatrolError(
        'invalid-config',
        `routes.${type}.pipeline: Elasticsearch at ${connection.url} has no ingest pipeline "${pipeline}"; create it or leave the setting out`,
      );
  }
}
