import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleFinding } from '#test/samples/finding.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever, line } from '../contract/line.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import type { LogDocument, Store } from '../port.ts';
import { assetKinds } from './assets.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

const logger = pino({ level: 'silent' });
/** Every asset as it was shipped before data streams had tiers: commit 9d8fa38, by kind and name. */
const old = new URL('testing/assets-of-november.json', import.meta.url);
const Assets = z.record(z.string(), z.record(z.string(), z.unknown()));
const Kind = z.enum(['ilm', 'component-templates', 'index-templates', 'ingest-pipelines']);
const Backing = z.object({ data_streams: z.array(z.object({ indices: z.array(z.unknown()) })) });

describe.skipIf(elasticsearchAddress() === undefined)('upgrading an installation that has data', () => {
  let installation: Installation;
  let store: Store;
  beforeEach(async () => {
    installation = newInstallation({}, { app: {}, syslog: {} });
    const { elasticsearch, config } = installation;
    await setUpAsBefore(installation);
    store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
  });
  afterEach(async () => {
    await store.close();
    await installation.remove();
  });
  const indicesOf = async (stream: string): Promise<number> => {
    const path = `/_data_stream/${stream}-${installation.elasticsearch.namespace}`;
    const answer = await installation.connection.call({ method: 'GET', path });
    return Backing.parse(answer).data_streams[0]?.indices.length ?? 0;
  };

  it('keeps all that is there readable, and takes what comes after', async () => {
    const before = [line('before the upgrade 数据库'), line('before too')];
    const finding = sampleFinding({ revision: 3 });
    await saveAsBefore(installation, before);
    expect(await store.saveFindings([finding], forever)).toEqual([{ kind: 'stored' }]);

    const planned = await store.setup({ dryRun: true });
    expect(await store.setup()).toEqual(planned);
    expect((await store.setup()).filter(({ action }) => action !== 'none')).toEqual([]);
    const policy = planned.find(({ what }) => what.startsWith('lifecycle policy logpatrol-logs'));
    expect(policy?.differences).toContainEqual({
      path: 'phases.warm.actions.forcemerge.max_num_segments',
      is: undefined,
      becomes: 1,
    });
    expect(planned.find(({ what }) => what.startsWith('findings index'))).toMatchObject({
      action: 'update',
      detail: 'fields added',
    });

    const after = line('after the upgrade');
    expect(await store.saveLogs([after], forever)).toEqual([{ kind: 'stored' }]);
    // What was stored before is known to be there still, and stored once.
    expect(await store.saveLogs(before, { ...forever, verify: true })).toEqual([
      { kind: 'duplicate' },
      { kind: 'duplicate' },
    ]);
    expect(await store.saveFindings([{ ...finding, revision: 2 }], forever)).toEqual([{ kind: 'duplicate' }]);
    expect(await store.saveFindings([{ ...finding, revision: 4 }], forever)).toEqual([{ kind: 'stored' }]);
    await store.refresh();
    expect(await indicesOf('logs-app')).toBe(2);
    const ids = (await store.searchLogs({ limit: 10 })).map(({ id }) => id).sort();
    expect(ids).toEqual([...before, after].map(({ id }) => id).sort());
    expect(await store.searchLogs({ limit: 10, keywords: ['数据库'] })).toHaveLength(1);
    expect(await store.searchFindings({ limit: 10 })).toMatchObject([{ id: finding.id, revision: 4 }]);
  });

  it('gives added fields to the indices that are there, without a new index', async () => {
    await store.setup();
    await store.saveLogs([line('one')], forever);
    const { connection, elasticsearch } = installation;
    const name = `logpatrol-logs-mappings-${elasticsearch.namespace}`;
    // As if the last version had not had this field yet.
    const answer = await connection.call({ method: 'GET', path: `/_component_template/${name}` });
    const Template = z.object({
      template: z.looseObject({ mappings: z.looseObject({ properties: z.record(z.string(), z.unknown()) }) }),
    });
    const { template } = Template.parse(
      z.object({ component_templates: z.array(z.object({ component_template: z.unknown() })) }).parse(answer)
        .component_templates[0]?.component_template,
    );
    const { 'trace.id': traceId, ...properties } = template.mappings.properties;
    expect(traceId).toBeDefined();
    const body = { template: { ...template, mappings: { ...template.mappings, properties } }, version: 0 };
    await connection.call({ method: 'PUT', path: `/_component_template/${name}`, body });
    expect((await store.setup()).filter(({ action }) => action !== 'none')).toEqual([
      expect.objectContaining({
        differences: [
          { path: 'template.mappings.properties.trace.id.ignore_above', is: undefined, becomes: 1024 },
          { path: 'template.mappings.properties.trace.id.type', is: undefined, becomes: 'keyword' },
        ],
      }),
      { what: expect.stringContaining('data stream logs-app'), action: 'update', detail: 'fields added' },
    ]);
    await store.saveLogs([line('two')], forever);
    expect(await indicesOf('logs-app')).toBe(1);
  });

  it('copies findings to a new index where a field of theirs becomes another type', async () => {
    await store.setup();
    const finding = sampleFinding({ revision: 7 });
    await store.saveFindings([finding], forever);
    const { connection, elasticsearch } = installation;
    const alias = `findings-${elasticsearch.namespace}`;
    // As if `rule` had been a text so far.
    const contrary = { mappings: { dynamic: false, properties: { rule: { type: 'text' } } } };
    await connection.call({
      method: 'PUT',
      path: `/_index_template/logpatrol-${alias}`,
      body: { index_patterns: [`${alias}-*`], priority: 250, version: 0, template: contrary },
    });
    await connection.call({ method: 'PUT', path: `/${alias}-000002`, body: {} });
    const actions = [
      { add: { index: `${alias}-000002`, alias, is_write_index: true } },
      { remove_index: { index: `${alias}-000001` } },
    ];
    await connection.call({ method: 'POST', path: '/_aliases', body: { actions } });
    await store.saveFindings([finding], forever);

    expect((await store.setup()).filter(({ what }) => what.startsWith('findings index'))).toEqual([
      { what: `findings index ${alias}`, action: 'update', detail: `copied to ${alias}-000003` },
    ]);
    expect(await store.finding(finding.id)).toMatchObject({ id: finding.id, revision: 7 });
    expect(await store.searchFindings({ limit: 5, rule: finding.rule ?? '' })).toHaveLength(1);
    expect(await store.saveFindings([{ ...finding, revision: 6 }], forever)).toEqual([{ kind: 'duplicate' }]);
    expect(await store.saveFindings([{ ...finding, revision: 8 }], forever)).toEqual([{ kind: 'stored' }]);
  });
});

/** What the indexer of that version wrote; it had no pipeline for lines of applications. */
async function saveAsBefore(
  { connection, elasticsearch }: Installation,
  documents: readonly LogDocument[],
): Promise<void> {
  const lines = documents.map(
    ({ id, type, json }) =>
      `${JSON.stringify({ create: { _index: `logs-${type}-${elasticsearch.namespace}`, _id: id } })}\n${json}\n`,
  );
  const answer = await connection.call({ method: 'POST', path: '/_bulk', lines: lines.join('') });
  expect(answer).toMatchObject({ errors: false });
}

/** What `logpatrol setup` of that version made. */
async function setUpAsBefore({ connection, elasticsearch, config }: Installation): Promise<void> {
  const { namespace } = elasticsearch;
  const text = (await readFile(old, 'utf8')).replaceAll('<namespace>', namespace);
  const put = (kind: z.infer<typeof Kind>, name: string, body: Record<string, unknown>): Promise<unknown> =>
    connection.call({
      method: 'PUT',
      path: `${assetKinds[kind].path}logpatrol-${name}-${namespace}`,
      body: JSON.parse(
        JSON.stringify(body).replaceAll('<type>', name.slice(5)).replaceAll('<source>', name.slice(8)),
      ),
    });
  for (const kind of Kind.options)
    for (const [path, body] of Object.entries(Assets.parse(JSON.parse(text)))) {
      const [folder, name = ''] = path.split('/');
      if (folder !== kind) continue;
      const names =
        path === 'index-templates/logs'
          ? Object.keys(config.routes).map((type) => `logs-${type}`)
          : path === 'index-templates/metrics'
            ? ['metrics-ipmi', 'metrics-system']
            : [name];
      for (const each of names) await put(kind, each, body);
    }
  for (const alias of [`findings-${namespace}`, `runbooks-${namespace}`])
    await connection.call({
      method: 'PUT',
      path: `/${alias}-000001`,
      body: { aliases: { [alias]: { is_write_index: true } } },
    });
}
