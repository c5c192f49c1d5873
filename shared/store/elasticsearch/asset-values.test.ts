import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigSchema } from '#shared/config/index.ts';
import { assetsOf } from './assets.ts';
import { namesIn } from './names.ts';
import { snapshotAssets } from './snapshot-assets.ts';

const names = namesIn('prod');
const Policy = z.object({
  policy: z.object({
    phases: z.record(
      z.string(),
      z.object({ min_age: z.string(), actions: z.record(z.string(), z.unknown()) }),
    ),
  }),
});

async function bodyOf(name: string, input: object): Promise<Record<string, unknown>> {
  const { routes, retention } = ConfigSchema.parse(input);
  const assets = await assetsOf({ routes, namespace: 'prod', replicas: 2, retention }, names);
  return (
    assets.find((asset) => asset.kind !== 'ingest-pipelines' && asset.name === names.asset(name))?.body ??
    expect.fail(`no ${name}`)
  );
}
const phasesOf = async (kind: string, retention: object) => {
  const { policy } = Policy.parse(await bodyOf(kind, { retention }));
  return Object.entries(policy.phases).map(([phase, { min_age: age, actions }]) => [
    phase,
    age,
    Object.keys(actions).sort().join(),
  ]);
};

describe('lifecycle policies', () => {
  it('go from hot to warm, cold and deletion, by the days of the configuration', async () => {
    const logs = { warmAfterDays: 0.5, coldAfterDays: 3, deleteAfterDays: 14 };
    expect(await phasesOf('logs', { elasticsearch: { logs } })).toEqual([
      ['hot', '0ms', 'rollover,set_priority'],
      ['warm', '720m', 'forcemerge,migrate,readonly,set_priority'],
      ['cold', '3d', 'migrate,readonly,set_priority'],
      ['delete', '14d', 'delete'],
    ]);
  });

  it('leave out phases that would come too late, and shrink only where that is asked for', async () => {
    expect(await phasesOf('metrics', { metricsDays: 10 })).toEqual([
      ['hot', '0ms', 'rollover,set_priority'],
      ['warm', '7d', 'forcemerge,migrate,readonly,set_priority'],
      ['delete', '10d', 'delete'],
    ]);
    expect((await phasesOf('deliveries', { deliveriesDays: 5 })).map(([phase]) => phase)).toEqual([
      'hot',
      'delete',
    ]);
    const shrinking = await phasesOf('logs', { elasticsearch: { logs: { shrink: true } } });
    expect(shrinking[1]?.[2]).toContain('shrink');
  });
});

it('shards of a log type and replicas stand in the templates', async () => {
  expect(await bodyOf('logs-app', { routes: { app: { shards: 8 } } })).toMatchObject({
    index_patterns: ['logs-app-prod'],
    template: { settings: { index: { number_of_shards: '8' } } },
  });
  expect(await bodyOf('logs-settings', {})).toMatchObject({
    template: { settings: { index: { auto_expand_replicas: '0-2' } } },
  });
});

it('no placeholder is left in any asset', async () => {
  const { routes, retention } = ConfigSchema.parse({});
  const assets = await assetsOf({ routes, namespace: 'prod', replicas: 1, retention }, names);
  const left = assets.filter(({ body }) =>
    /"[^"]*<(?:[a-z]+-?)+>/.test(JSON.stringify({ ...body, processors: [] })),
  );
  expect(left.map(({ name }) => name)).toEqual([]);
});

describe('snapshots', () => {
  const of = (snapshots: object) => {
    const config = ConfigSchema.parse({ routes: { app: {} }, snapshots });
    return snapshotAssets(config, names);
  };

  it('are none where no place is named', async () => {
    expect(await of({})).toBeUndefined();
  });

  it('go to S3 by a policy of Elasticsearch, which holds all of the installation and nothing else', async () => {
    const repository = { type: 's3', bucket: 'backups', basePath: 'prod', client: 'minio' };
    expect(await of({ repository, keepDays: 30, schedule: '0 0 3 * * ?' })).toMatchObject({
      repository: 'logpatrol-snapshots-prod',
      repositoryBody: { type: 's3', settings: { bucket: 'backups', base_path: 'prod', client: 'minio' } },
      policy: 'logpatrol-nightly-prod',
      policyBody: {
        name: '<logpatrol-snapshot-prod-{now/m{yyyy.MM.dd-HH.mm}}>',
        schedule: '0 0 3 * * ?',
        repository: 'logpatrol-snapshots-prod',
        config: {
          indices: expect.arrayContaining(['logs-app-prod', 'audit-prod', 'findings-prod-*']),
          include_global_state: false,
          partial: false,
        },
        retention: { expire_after: '30d', min_count: 3 },
      },
    });
  });
});
