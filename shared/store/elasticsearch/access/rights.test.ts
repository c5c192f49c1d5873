import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { differenceInWords, differingGrants, grantsOf } from './grants.ts';
import { isOfInstallation, roleNames, roleOf } from './role-file.ts';
import { withTables } from './testing/rights-table.ts';

const root = new URL('../../../../', import.meta.url);

describe('the page about rights', () => {
  it('says what the tests try (npm run rights writes it)', async () => {
    const page = await readFile(new URL('docs/least-privilege.md', root), 'utf8');
    expect(withTables(page)).toBe(page);
  });
});

describe('a role', () => {
  const bare = ConfigSchema.parse({ routes: { app: {}, 'my-type': {} } });
  const repository = { type: 'fs', location: '/snapshots' };
  const grants = async (who: (typeof roleNames)[number], config = bare) =>
    grantsOf(await roleOf(who, config, 'shop'));

  it('names the streams of the configured types, of this installation alone', async () => {
    expect(await grants('analyzer')).toEqual([
      'indices:data/read/search* on findings-shop',
      'indices:data/read/search* on logs-app-shop',
      'indices:data/read/search* on logs-my-type-shop',
    ]);
    for (const who of roleNames)
      for (const grant of await grants(who))
        if (/ on /.test(grant)) expect(grant).toMatch(/ on [a-z.-]+-shop(-0\*)?$/);
  });

  it('has rights over snapshots only where they are configured, and restores only where that is tried', async () => {
    const ofSnapshots = (all: string[]) =>
      all.filter((grant) => /snapshot|slm|repository|restore/.test(grant));
    expect(ofSnapshots(await grants('housekeeping'))).toEqual([]);
    expect(ofSnapshots(await grants('operator'))).toEqual([]);
    const untried = ConfigSchema.parse({ snapshots: { repository, restoreProbe: false } });
    expect(await grants('operator', untried)).toContain('cluster:admin/snapshot/get of the cluster');
    const some = ofSnapshots(await grants('housekeeping', untried));
    expect(some).toContain('cluster:admin/slm/execute of the cluster');
    expect(some.join()).not.toContain('restore');
    const tried = ConfigSchema.parse({ snapshots: { repository } });
    expect(await grants('housekeeping', tried)).toContain('cluster:admin/snapshot/restore of the cluster');
  });

  it('looks at lines as housekeeping only where drills are scheduled, and only at those of their type', async () => {
    const reads = (all: string[]) =>
      all.filter((grant) => / on logs-/.test(grant) && grant.includes('search'));
    expect(reads(await grants('housekeeping'))).toEqual([]);
    const drilled = ConfigSchema.parse({ drill: { everyMinutes: 60, type: 'syslog' } });
    expect(reads(await grants('housekeeping', drilled))).toEqual([
      'indices:data/read/search* on logs-syslog-shop',
    ]);
  });

  it('is told of each right that is too much or missing, whatever way it is written down', () => {
    const should = { cluster: [], indices: [{ names: ['a', 'b'], privileges: ['read'] }] };
    const same = {
      cluster: [],
      indices: [
        { names: ['b'], privileges: ['read'], allow_restricted_indices: false },
        { names: ['a'], privileges: ['read'], field_security: {} },
      ],
      run_as: [],
      metadata: { any: 1 },
    };
    expect(differingGrants(same, should)).toEqual({ tooMuch: [], missing: [] });
    const other = {
      cluster: ['manage'],
      indices: [{ names: ['a'], privileges: ['read'], query: '{"match_all":{}}' }],
      run_as: ['elastic'],
      remote_cluster: [{ clusters: ['*'], privileges: ['monitor_stats'] }],
    };
    const { tooMuch, missing } = differingGrants(other, should);
    expect(missing).toEqual(['read on a', 'read on b']);
    expect(tooMuch).toHaveLength(4);
  });

  it('is told of the first of many, so that they can be read', () => {
    const should = { indices: [{ names: ['a'], privileges: Array.from('abcdefghij') }] };
    expect(differenceInWords({ cluster: ['all'] }, should)).toBe(
      'too much: all of the cluster; missing: a on a, b on a, c on a, d on a, e on a, f on a, g on a, h on a and 2 more',
    );
    expect(differenceInWords(should, should)).toBeUndefined();
  });

  it('has no file that nobody reads', () => {
    const files = readdirSync(new URL('elasticsearch/roles/', root));
    const ofHousekeeping = ['drill', 'restore-probe', 'snapshots'].map((part) => `housekeeping-${part}`);
    const more = [...ofHousekeeping, 'operator-snapshots'];
    expect(files.sort()).toEqual([...roleNames, ...more].map((name) => `${name}.json`).sort());
  });
});

describe('a name', () => {
  it.each([
    ['logpatrol-indexer-shop', 'shop', true],
    ['logpatrol-smuggler-shop', 'shop', true],
    ['logpatrol-audit-reader-shop', 'shop', true],
    ['logpatrol-indexer-web-shop', 'shop', false],
    ['logpatrol-indexer-web-shop', 'web-shop', true],
    ['logpatrol-shop', 'shop', false],
    ['viewer-shop', 'shop', false],
  ])('%s: of installation %s: %s', (name, namespace, isOurs) => {
    expect(isOfInstallation(name, namespace)).toBe(isOurs);
  });
});
