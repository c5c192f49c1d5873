import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { examine } from '#shared/doctor/index.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { canRun, type Installation, startInstallation } from './installation.ts';

const patience = { timeout: 60_000, interval: 200 };
const minute = 60_000;

/** What `logpatrol doctor` says of it: its clock may be ahead, so that what waits has waited for long. */
const ask = ({ runtime }: Installation, only: readonly string[], ahead = 0) =>
  examine(runtime.config, { logger: runtime.logger, only, clock: () => Date.now() + ahead });

const elasticsearch = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${elasticsearchAddress()}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
};

const write = async ({ runtime }: Installation, topic: string, values: readonly string[]) => {
  const writer = await runtime.bus.writer('doctor-test');
  await writer.write(values.map((value, index) => ({ topic, key: `k${index}`, partition: 0, value })));
  await writer.close();
};

describe.skipIf(!canRun('Kafka and Elasticsearch'))('doctor on Kafka and Elasticsearch', () => {
  let installation: Installation;
  const namespace = () => installation.runtime.config.elasticsearch?.namespace ?? '';
  beforeAll(async () => {
    // The indexer does not run: its groups have nobody, and what comes waits for it.
    installation = await startInstallation('Kafka and Elasticsearch', { without: ['indexer'] });
  }, 150_000);
  afterAll(() => installation?.stop());

  it('finds what is in order so', async () => {
    const sound = ['bus', 'topics', 'dead-letters', 'store', 'elasticsearch-writes', 'elasticsearch-ilm'];
    const answers = await ask(installation, [
      ...sound,
      'elasticsearch-assets',
      'channels',
      'clocks',
      'queue',
    ]);
    expect(answers.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(new Set(answers.map(({ check }) => check)).size).toBe(10);
  });

  it('names the service whose groups have no member', async () => {
    await vi.waitFor(async () => {
      expect(await ask(installation, ['groups'])).toMatchObject([
        {
          name: 'groups of indexer',
          status: 'bad',
          anchor: 'group-without-member',
          remedy: expect.stringContaining('logpatrol run indexer'),
        },
      ]);
    }, patience);
  }, 150_000);

  it('tells of a lag, and of no other group', async () => {
    await write(installation, 'logs.app', ['{"message":"one"}', '{"message":"two"}']);
    await vi.waitFor(async () => {
      const answers = await ask(installation, ['lag'], 5 * minute);
      expect(answers.filter(({ name }) => !name.startsWith('lag of indexer-'))).toEqual([]);
      expect(answers.find(({ name }) => name === 'lag of indexer-logs.app')).toMatchObject({
        status: 'bad',
        anchor: 'lag',
        detail: expect.stringContaining('nothing was read between two looks'),
      });
    }, patience);
  }, 150_000);

  it('tells of a record that nobody could handle, and why', async () => {
    await write(installation, 'findings', ['{"this is":"no finding"}']);
    const [answer] = await vi.waitUntil(async () => {
      const answers = await ask(installation, ['dead-letters']);
      return answers[0]?.status !== 'ok' && answers;
    }, patience);
    expect(answer).toMatchObject({
      name: 'dead letters of findings',
      status: 'warning',
      detail: expect.stringContaining('not a Finding'),
      remedy: expect.stringContaining('logpatrol dlq list findings'),
    });
  }, 150_000);

  it('tells of a message that waits, and of nothing while the channel takes them', async () => {
    installation.feishu.faults.always({ kind: 'reset' });
    const line = `${new Date().toISOString()} ERROR [w] Orders - java.lang.OutOfMemoryError: Java heap space`;
    await write(installation, 'logs.app', [JSON.stringify({ message: line, service: { name: 'shop' } })]);
    await vi.waitFor(async () => {
      expect(await ask(installation, ['queue'], 10 * minute)).toMatchObject([
        { name: 'outbox of feishu', status: 'bad', anchor: 'queue-stuck' },
      ]);
    }, patience);
    installation.feishu.faults.always(undefined);
    await vi.waitFor(async () => {
      expect(await ask(installation, ['queue'], 10 * minute)).toMatchObject([{ status: 'ok' }]);
    }, patience);
  }, 150_000);

  it('tells of indices that nobody may write to', async () => {
    const index = `logs-app-${namespace()}`;
    await elasticsearch('POST', `/${index}/_doc?op_type=create&refresh`, {
      '@timestamp': new Date().toISOString(),
      message: 'x',
    });
    const block = (value: true | null) =>
      elasticsearch('PUT', `/${index}/_settings`, { 'index.blocks.read_only_allow_delete': value });
    await block(true);
    const answers = await ask(installation, ['elasticsearch-writes']);
    await block(null);
    expect(answers.at(-1)).toMatchObject({
      name: 'read-only indices',
      status: 'bad',
      anchor: 'elasticsearch-disk',
      detail: expect.stringContaining(index),
    });
    const after = await ask(installation, ['elasticsearch-writes']);
    expect(after.map(({ status }) => status)).not.toContain('bad');
  });

  it('tells of a template that is of another version', async () => {
    const Templates = z.object({
      index_templates: z.array(
        z.object({
          name: z.string(),
          index_template: z.looseObject({ index_patterns: z.array(z.string()) }),
        }),
      ),
    });
    const all = Templates.parse(await elasticsearch('GET', '/_index_template'));
    const mine = all.index_templates.find(({ index_template }) =>
      index_template.index_patterns.some((pattern) => pattern.includes(`findings-${namespace()}`)),
    );
    if (mine === undefined) throw new Error('there is no template of findings');
    const {
      created_date_millis: _c,
      modified_date_millis: _m,
      created_date: _d,
      modified_date: _n,
      ...body
    } = mine.index_template;
    await elasticsearch('PUT', `/_index_template/${mine.name}`, { ...body, version: 0, _meta: {} });
    const [changed] = await ask(installation, ['elasticsearch-assets']);
    expect(changed).toMatchObject({
      status: 'warning',
      anchor: 'elasticsearch-assets',
      remedy: expect.stringContaining('logpatrol setup'),
    });
    expect(changed?.detail).toContain('findings');
  });

  it('tells of copies that have no node to be on', async () => {
    const index = `copies-${namespace()}`;
    await elasticsearch('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 1 } });
    const [cluster] = await ask(installation, ['elasticsearch-health']);
    await elasticsearch('DELETE', `/${index}`);
    expect(cluster).toMatchObject({ status: 'warning', anchor: 'elasticsearch-health' });
    expect(cluster?.detail).toMatch(/^yellow/);
  });
});
