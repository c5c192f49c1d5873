import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import { type Asset, assetKinds } from './assets.ts';
import type { Connection } from './connection.ts';
import { differencesOf } from './differences.ts';

/** An asset, and what becomes of it. */
export interface Applied {
  readonly asset: Asset;
  readonly change: Change;
}

/** What Elasticsearch has under an asset's name. */
interface Present {
  readonly version: number | undefined;
  /** Of the file that it was made from. */
  readonly hash: string | undefined;
  readonly content: unknown;
}

const Marks = z.looseObject({
  version: z.number().optional(),
  _meta: z.looseObject({ hash: z.string().optional(), version: z.number().optional() }).optional(),
});

/** Makes an asset what it should be, unless it is that or newer. */
export async function applyAsset(connection: Connection, asset: Asset, dryRun: boolean): Promise<Applied> {
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
  const is = present.content;
  const becomes = asset.kind === 'ilm' ? asset.body.policy : asset.body;
  return {
    what,
    action: 'update',
    detail: `version ${present.version ?? 'unknown'} to ${asset.version}`,
    differences: differencesOf(is, becomes),
  };
}

async function presentAs(connection: Connection, asset: Asset): Promise<Present | undefined> {
  const answer = await connection.find(assetKinds[asset.kind].path + asset.name);
  if (answer === undefined) return undefined;
  const content = contentOf(asset, answer);
  const marks = Marks.parse(content);
  const version = asset.kind === 'ilm' ? marks._meta?.version : marks.version;
  return { version, hash: marks._meta?.hash, content };
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
