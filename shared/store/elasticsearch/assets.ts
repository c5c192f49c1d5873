import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { MetricSource } from '#shared/model/index.ts';
import { type AssetSettings, lifecycleValues, usefulPhases } from './asset-values.ts';
import type { Names } from './names.ts';

/** Kinds of assets in the order in which they build on one another, and where Elasticsearch keeps them. */
export const assetKinds = {
  ilm: { what: 'lifecycle policy', path: '/_ilm/policy/' },
  'ingest-pipelines': { what: 'ingest pipeline', path: '/_ingest/pipeline/' },
  'component-templates': { what: 'component template', path: '/_component_template/' },
  'index-templates': { what: 'index template', path: '/_index_template/' },
} as const;
export type AssetKind = keyof typeof assetKinds;

/** One object that Elasticsearch must have, as a file of `elasticsearch/` says. */
export interface Asset {
  readonly kind: AssetKind;
  readonly name: string;
  /** The data stream that is made from it, where it is the template of one. */
  readonly stream: string | undefined;
  readonly version: number;
  /** Of the content; Elasticsearch rewrites what it stores, so contents themselves do not compare. */
  readonly hash: string;
  readonly body: Record<string, unknown>;
}

const Body = z.record(z.string(), z.unknown());
const Meta = z.looseObject({ version: z.number().optional() });
const folder = new URL('../../../elasticsearch/', import.meta.url);

/** The name of the pipeline that serves a log type: the route's own, else the shipped one of that type, else none. */
export async function pipelineOf(
  type: string,
  route: Config['routes'][string],
  names: Names,
): Promise<string | undefined> {
  const shipped = await shippedPipelines();
  const wanted = route.pipeline ?? `logs-${type}`;
  if (shipped.has(wanted)) return names.asset(wanted);
  return route.pipeline;
}

async function shippedPipelines(): Promise<Set<string>> {
  return new Set(
    (await readdir(new URL('ingest-pipelines/', folder))).map((file) => basename(file, '.json')),
  );
}

/** Every object of an installation with these settings. */
export async function assetsOf(settings: AssetSettings, names: Names): Promise<Asset[]> {
  const assets: Asset[] = [];
  for (const kind of ['ilm', 'ingest-pipelines', 'component-templates', 'index-templates'] as const)
    for (const file of (await readdir(new URL(`${kind}/`, folder))).sort()) {
      const text = await withScripts(await readFile(new URL(`${kind}/${file}`, folder), 'utf8'));
      assets.push(...assetsOfFile(kind, basename(file, '.json'), text, settings, names));
    }
  return assets;
}

/** The text with each `"<script:name>"` replaced by the file `scripts/<name>.painless`. */
async function withScripts(text: string): Promise<string> {
  let result = text;
  for (const [placeholder, name = ''] of text.matchAll(/"<script:([a-z-]+)>"/g)) {
    const script = await readFile(new URL(`scripts/${name}.painless`, folder), 'utf8');
    result = result.replaceAll(placeholder, () => JSON.stringify(script));
  }
  return result;
}

/** What one file makes: one object, or one for each log type or source of readings. */
function assetsOfFile(
  kind: AssetKind,
  name: string,
  text: string,
  { routes, namespace, replicas, retention }: AssetSettings,
  names: Names,
): Asset[] {
  const shared = { namespace, replicas: String(replicas) };
  if (kind === 'ilm')
    return [asset(kind, names.asset(name), undefined, policyText(name, filled(text, shared), retention))];
  if (kind === 'index-templates' && name === 'logs')
    return Object.entries(routes).map(([type, { shards }]) =>
      asset(
        kind,
        names.asset(`logs-${type}`),
        names.logs(type),
        filled(text, { ...shared, type, shards: String(shards) }),
      ),
    );
  if (kind === 'index-templates' && name === 'metrics')
    return MetricSource.options.map((source) =>
      asset(
        kind,
        names.asset(`metrics-${source}`),
        names.metrics(source),
        filled(text, { ...shared, source }),
      ),
    );
  const stream = kind === 'index-templates' ? streamOf(name, names) : undefined;
  return [asset(kind, names.asset(name), stream, filled(text, shared))];
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (result, [name, value]) => result.replaceAll(`<${name}>`, () => value),
    text,
  );
}

const Policy = z.object({
  policy: z.looseObject({ phases: z.record(z.string(), z.unknown()) }),
});

function policyText(name: string, text: string, retention: Config['retention']): string {
  const { policy } = Policy.parse(JSON.parse(filled(text, lifecycleValues(name, retention))));
  return JSON.stringify({ policy: { ...policy, phases: usefulPhases(name, policy.phases, retention) } });
}

/** The data stream of a template that serves one. */
function streamOf(template: string, names: Names): string | undefined {
  const streams = new Map([
    ['deliveries', names.deliveries],
    ['audit', names.audit],
    ['metrics-late', names.lateMetrics],
    ['metrics-status', names.statuses],
  ]);
  return streams.get(template);
}

function asset(kind: AssetKind, name: string, stream: string | undefined, text: string): Asset {
  try {
    const body = Body.parse(JSON.parse(text));
    const digest = hash('sha256', text, 'base64url').slice(0, 16);
    const policy = kind === 'ilm' ? Body.parse(body.policy) : body;
    const meta = { ...Meta.parse(policy._meta), hash: digest };
    const version = z.number().parse(kind === 'ilm' ? meta.version : body.version);
    const marked = { ...policy, _meta: meta };
    return { kind, name, stream, version, hash: digest, body: kind === 'ilm' ? { policy: marked } : marked };
  } catch (cause) {
    throw new LogpatrolError('invalid-config', `The Elasticsearch asset ${name} (${kind}) is not valid`, {
      cause,
    });
  }
}
