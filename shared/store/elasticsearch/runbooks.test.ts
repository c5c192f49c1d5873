import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever } from '../contract/line.ts';
import { sampleRunbook } from '../contract/runbooks.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import type { Store } from '../port.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

describe.skipIf(elasticsearchAddress() === undefined)('runbooks in Elasticsearch', () => {
  let installation: Installation;
  let store: Store;
  const alias = () => `runbooks-${installation.elasticsearch.namespace}`;
  const found = async (query: Record<string, unknown>): Promise<unknown> => {
    const path = `/${alias()}/_search`;
    const body = { query, sort: ['name', 'position'], _source: ['name', 'section', 'position', 'line'] };
    const answer = await installation.connection.call({ method: 'POST', path, body });
    return Reflect.get(Object(Reflect.get(Object(answer), 'hits')), 'hits');
  };
  beforeAll(async () => {
    installation = newInstallation();
    const { elasticsearch, config } = installation;
    const logger = pino({ level: 'silent' });
    store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
  });
  afterAll(async () => {
    await store.close();
    await installation.remove();
  });

  it('are what a dry run says before there is an index, too', async () => {
    const disk = sampleRunbook('disk', ['症状', '写不进去']);
    expect(await store.saveRunbooks([disk], { ...forever, dryRun: true })).toEqual({
      what: `runbooks ${alias()}`,
      action: 'create',
      detail: '1 section: 1 new',
    });
  });

  it('are a document a section, found by a part of a Chinese sentence, by a word, and by what is exact', async () => {
    await store.setup();
    const many = Array.from({ length: 1100 }, (_, index) =>
      sampleRunbook(`other-${index}`, ['Symptoms', 'Replication lag grows']),
    );
    const disk = sampleRunbook('disk', ['', '磁盘空间不足时业务写入失败'], ['处置', 'Truncate old logs']);
    await store.saveRunbooks([disk, ...many], forever);
    const section = (position: number, name: string) =>
      expect.objectContaining({ _source: { name: 'disk', section: name, position, line: 10 + position } });
    expect(await found({ match_phrase: { text: '空间不足' } })).toEqual([section(0, '')]);
    expect(await found({ match: { text: 'TRUNCATE' } })).toEqual([section(1, '处置')]);
    expect(
      await found({
        bool: { filter: [{ term: { name: 'disk' } }, { term: { rules: 'database.deadlock' } }] },
      }),
    ).toEqual([section(0, ''), section(1, '处置')]);
    expect(await store.saveRunbooks([disk, ...many], forever)).toMatchObject({ action: 'none' });
    expect(await store.saveRunbooks([disk], forever)).toMatchObject({ detail: '2 sections: 1100 removed' });
    expect(await found({ match: { text: 'replication' } })).toEqual([]);
  });
});
