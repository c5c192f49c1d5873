import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { metricStreams, type Names } from './names.ts';

/** Where snapshots go, and the policy by which Elasticsearch takes them; bodies as its API has them. */
export interface SnapshotAssets {
  readonly repository: string;
  readonly repositoryBody: Record<string, unknown>;
  readonly policy: string;
  readonly policyBody: Record<string, unknown>;
  /** Body of a snapshot that is taken without the policy. */
  readonly snapshotBody: Record<string, unknown>;
  /** What names of snapshots begin with. */
  readonly prefix: string;
}

const Policy = z.looseObject({ config: z.looseObject({}), retention: z.looseObject({}) });
const file = new URL('../../../elasticsearch/snapshots/nightly.json', import.meta.url);

/** What the configuration asks for; undefined where it names no repository. */
export async function snapshotAssets(
  { snapshots, routes }: Pick<Config, 'snapshots' | 'routes'>,
  names: Names,
): Promise<SnapshotAssets | undefined> {
  const { repository, schedule, keepDays } = snapshots;
  if (repository === undefined) return undefined;
  const { type } = repository;
  const settings =
    type === 'fs'
      ? { location: repository.location, compress: true }
      : {
          bucket: repository.bucket,
          client: repository.client,
          ...(repository.basePath !== undefined && { base_path: repository.basePath }),
          compress: true,
        };
  const prefix = names.asset('snapshot');
  const shipped = Policy.parse(JSON.parse(await readFile(file, 'utf8')));
  const streams = Object.keys(routes).map((each) => names.logs(each));
  const indices = [
    ...streams,
    ...metricStreams(names),
    names.deliveries,
    names.audit,
    `${names.findings}-*`,
    `${names.runbooks}-*`,
  ];
  const config = { ...shipped.config, indices };
  return {
    repository: names.asset('snapshots'),
    repositoryBody: { type, settings },
    policy: names.asset('nightly'),
    policyBody: {
      ...shipped,
      name: `<${prefix}-{now/m{yyyy.MM.dd-HH.mm}}>`,
      schedule,
      repository: names.asset('snapshots'),
      config,
      retention: { ...shipped.retention, expire_after: `${keepDays}d` },
    },
    snapshotBody: config,
    prefix: `${prefix}-`,
  };
}
