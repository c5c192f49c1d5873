import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever, line } from '../contract/line.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

const logger = pino({ level: 'silent' });

describe.skipIf(elasticsearchAddress() === undefined)('setting Elasticsearch up', () => {
  let installation: Installation;
  beforeEach(() => {
    installation = newInstallation();
  });
  afterEach(() => installation.remove());
  const open = (routes = installation.config.routes) =>
    openElasticsearchStore({ elasticsearch: installation.elasticsearch, routes, logger });

  it('says on a dry run what it would make, makes it, and then has nothing to do', async () => {
    const store = await open();
    expect(await store.health()).toMatchObject({ ok: false, remedy: 'run `logpatrol setup`' });
    const planned = await store.setup({ dryRun: true });
    expect(planned.every(({ action }) => action === 'create')).toBe(true);
    expect(await store.setup({ dryRun: true })).toEqual(planned);
    expect(await store.setup()).toEqual(planned);
    expect((await store.setup()).every(({ action }) => action === 'none')).toBe(true);
    expect(await store.health()).toMatchObject({ ok: true });
    await store.close();
  });

  it('updates an object that an older version made, leaves a newer one, and rolls its stream over', async () => {
    const store = await open();
    await store.setup();
    await store.saveLogs([line('before')], forever);
    const { connection, elasticsearch } = installation;
    const path = `/_index_template/logpatrol-logs-app-${elasticsearch.namespace}`;
    const put = (version: number) => {
      const body = {
        index_patterns: [`logs-app-${elasticsearch.namespace}`],
        data_stream: {},
        priority: 250,
        version,
        _meta: { hash: 'of another file' },
      };
      return connection.call({ method: 'PUT', path, body });
    };
    const changed = async () => (await store.setup()).filter(({ action }) => action !== 'none');
    await put(99);
    expect(await changed()).toEqual([]);
    await put(0);
    expect(await changed()).toEqual([
      {
        what: expect.stringContaining('logs-app'),
        action: 'update',
        detail: 'version 0 to 2',
        differences: [
          {
            path: 'composed_of.0',
            is: undefined,
            becomes: `logpatrol-logs-settings-${elasticsearch.namespace}`,
          },
          {
            path: 'composed_of.1',
            is: undefined,
            becomes: `logpatrol-logs-mappings-${elasticsearch.namespace}`,
          },
          { path: 'template.settings.index.number_of_shards', is: undefined, becomes: '1' },
        ],
      },
      { what: expect.stringContaining('data stream logs-app'), action: 'update', detail: expect.any(String) },
    ]);
    await store.saveLogs([line('after')], forever);
    const Stream = z.object({ data_streams: z.array(z.object({ indices: z.array(z.unknown()) })) });
    const streamPath = `/_data_stream/logs-app-${elasticsearch.namespace}`;
    const streams = Stream.parse(await connection.call({ method: 'GET', path: streamPath }));
    expect(streams.data_streams[0]?.indices).toHaveLength(2);
    await store.close();
  });

  it('adds new fields to the findings index that is there', async () => {
    const store = await open();
    await store.setup();
    const { connection, elasticsearch } = installation;
    const path = `/_index_template/logpatrol-findings-${elasticsearch.namespace}`;
    const body = { index_patterns: [`findings-${elasticsearch.namespace}-*`], priority: 250, version: 0 };
    await connection.call({ method: 'PUT', path, body });
    expect((await store.setup()).filter(({ action }) => action !== 'none')).toEqual([
      {
        what: expect.stringContaining('index template'),
        action: 'update',
        detail: expect.stringMatching(/^version 0 to \d+$/),
        differences: expect.arrayContaining([
          { path: 'template.mappings.properties.rule.type', is: undefined, becomes: 'keyword' },
        ]),
      },
      { what: expect.stringContaining('findings index'), action: 'update', detail: 'fields added' },
    ]);
    await store.close();
  });

  it('says which route names a pipeline that is not there', async () => {
    const store = await open({ app: { pipeline: 'ours', partitions: 1, shards: 1 } });
    await expect(store.setup()).rejects.toMatchObject({
      kind: 'invalid-config',
      message: expect.stringContaining('routes.app.pipeline'),
    });
    await store.close();
  });

  it('waits with writes until it is set up, for Elasticsearch would make an index of its own', async () => {
    const store = await open();
    const document = line('early');
    const writing = store.saveLogs([document], forever);
    await store.setup();
    expect(await writing).toEqual([{ kind: 'stored' }]);
    await store.refresh();
    expect(await store.searchLogs({ limit: 5 })).toMatchObject([{ id: document.id, type: 'app' }]);
    await store.close();
  });
});
