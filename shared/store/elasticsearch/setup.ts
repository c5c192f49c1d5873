import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { type Asset, assetKinds, assetsOf, pipelineOf } from './assets.ts';
import { type Connection, Refused } from './connection.ts';
import type { Names } from './names.ts';

/** What Elasticsearch has under an asset's name: its version, and the hash of the file that it was made from. */
interface Present {
  readonly version: number | undefined;
  readonly hash: string | undefined;
}

const Marks = z.looseObject({
  version: z.number().optional(),
  _meta: z.looseObject({ hash: z.string().optional(), version: z.number().optional() }).optional(),
});

/**
 * Brings templates, policies, pipelines and the indices of findings and runbooks into being, or up to date. What is there in a newer version is
 * left alone, so that an older member does not undo a newer one's. A data stream whose template changed rolls over at its
 * next write, for a template serves new indices only.
 */
export async function applyAssets(
  connection: Connection,
  routes: Config['routes'],
  namespace: string,
  names: Names,
  dryRun: boolean,
): Promise<Change[]> {
  const assets = await assetsOf(routes, namespace, names);
  const applied: Applied[] = [];
  // Kind after kind, for they refer to one another; at once within a kind, for each is a change of the cluster's state.
  for (const ofKind of Map.groupBy(assets, ({ kind }) => kind).values())
    applied.push(...(await Promise.all(ofKind.map((asset) => applyAsset(connection, asset, dryRun)))));
  const changes = applied.map(({ change }) => change);
  const areLogMappingsUpdated = applied.some(
    ({ asset, change }) => asset.kind === 'component-templates' && change.action === 'update',
  );
  for (const { asset, change } of applied) {
    const isBuiltOnThem = Array.isArray(asset.body.composed_of);
    if (
      asset.stream !== undefined &&
      (change.action === 'update' || (isBuiltOnThem && areLogMappingsUpdated))
    )
      changes.push(...(await rollOver(connection, asset.stream, dryRun)));
  }
  for (const kind of ['findings', 'runbooks'] as const) {
    const template = applied.find(({ asset }) => asset.name === names.asset(kind));
    changes.push(await indexBehindAlias(connection, kind, names[kind], dryRun, template));
  }
  await requirePipelines(connection, routes, names);
  return changes;
}

interface Applied {
  readonly asset: Asset;
  readonly change: Change;
}

async function applyAsset(connection: Connection, asset: Asset, dryRun: boolean): Promise<Applied> {
  const change = changeOf(asset, await presentAs(connection, asset));
  if (change.action !== 'none' && !dryRun)
    await connection.call({
      method: 'PUT',
      path: assetKinds[asset.kind].path + asset.name,
      body: asset.body,
    });
  return { asset, change };
}

function changeOf(asset: Asset, present: Present | undefined): Change {
  const what = `${assetKinds[asset.kind].what} ${asset.name}`;
  if (present === undefined) return { what, action: 'create', detail: `version ${asset.version}` };
  if (present.hash === asset.hash) return { what, action: 'none' };
  if ((present.version ?? 0) > asset.version)
    return {
      what,
      action: 'none',
      detail: `version ${present.version} is newer than ours, ${asset.version}`,
    };
  return { what, action: 'update', detail: `version ${present.version ?? 'unknown'} to ${asset.version}` };
}

async function presentAs(connection: Connection, asset: Asset): Promise<Present | undefined> {
  const answer = await found(connection, assetKinds[asset.kind].path + asset.name);
  if (answer === undefined) return undefined;
  const marks = Marks.parse(contentOf(asset, answer));
  return { version: asset.kind === 'ilm' ? marks._meta?.version : marks.version, hash: marks._meta?.hash };
}

function contentOf(asset: Asset, answer: unknown): unknown {
  switch (asset.kind) {
    case 'ilm':
      return z.record(z.string(), z.object({ policy: z.unknown() })).parse(answer)[asset.name]?.policy;
    case 'component-templates':
      return z
        .object({ component_templates: z.array(z.object({ component_template: z.unknown() })) })
        .parse(answer).component_templates[0]?.component_template;
    case 'index-templates':
      return z.object({ index_templates: z.array(z.object({ index_template: z.unknown() })) }).parse(answer)
        .index_templates[0]?.index_template;
    case 'ingest-pipelines':
      return z.record(z.string(), z.unknown()).parse(answer)[asset.name];
  }
}

async function rollOver(connection: Connection, stream: string, dryRun: boolean): Promise<Change[]> {
  if ((await found(connection, `/_data_stream/${stream}`)) === undefined) return [];
  if (!dryRun) await connection.call({ method: 'POST', path: `/${stream}/_rollover`, query: { lazy: true } });
  return [{ what: `data stream ${stream}`, action: 'update', detail: 'rolls over at its next write' }];
}

const Mapped = z.object({ template: z.object({ mappings: z.record(z.string(), z.unknown()) }) });

/**
 * An index behind an alias, so that a mapping that contradicts the present one can be given to a new index without renaming. One
 * that only adds fields is put to the index as it is.
 */
async function indexBehindAlias(
  connection: Connection,
  kind: string,
  alias: string,
  dryRun: boolean,
  template: Applied | undefined,
): Promise<Change> {
  const what = `${kind} index ${alias}`;
  if ((await found(connection, `/_alias/${alias}`)) !== undefined) {
    if (template?.change.action !== 'update') return { what, action: 'none' };
    const { subobjects: _onlyAtCreation, ...body } = Mapped.parse(template.asset.body).template.mappings;
    if (!dryRun) await connection.call({ method: 'PUT', path: `/${alias}/_mapping`, body });
    return { what, action: 'update', detail: 'fields added' };
  }
  if (!dryRun)
    await connection.call({
      method: 'PUT',
      path: `/${alias}-000001`,
      body: { aliases: { [alias]: { is_write_index: true } } },
    });
  return { what, action: 'create' };
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
      (await found(connection, `/_ingest/pipeline/${encodeURIComponent(pipeline)}`)) === undefined
    )
      throw new LogpatrolError(
        'invalid-config',
        `routes.${type}.pipeline: Elasticsearch at ${connection.url} has no ingest pipeline "${pipeline}"; create it or leave the setting out`,
      );
  }
}

/** The answer to a GET, or undefined where there is no such thing. */
async function found(connection: Connection, path: string): Promise<unknown> {
  try {
    return await connection.call({ method: 'GET', path });
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
