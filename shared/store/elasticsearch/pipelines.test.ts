import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever } from '../contract/line.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import type { Store } from '../port.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

const logger = pino({ level: 'silent' });
const Kept = z.looseObject({ event: z.object({ ingest_failure: z.string() }) });
const shipped = '2026-11-20T08:00:00.000Z';

describe.skipIf(elasticsearchAddress() === undefined)('the shipped ingest pipelines', () => {
  let installation: Installation;
  let store: Store;
  let count = 0;
  beforeAll(async () => {
    installation = newInstallation({}, { app: {}, syslog: {}, nginx: {}, json: {} });
    const { elasticsearch, config } = installation;
    store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
    await store.setup();
  });
  afterAll(async () => {
    await store.close();
    await installation.remove();
  });
  /** What is stored of a line. */
  const stored = async (type: string, message: unknown, fields: object = {}): Promise<unknown> => {
    count += 1;
    const id = `line-${count}`;
    const json = JSON.stringify({ '@timestamp': shipped, message, ...fields });
    expect(await store.saveLogs([{ id, type, json }], forever)).toEqual([{ kind: 'stored' }]);
    await store.refresh();
    const answer = await installation.connection.call({
      method: 'POST',
      path: `/logs-${type}-${installation.elasticsearch.namespace}/_search`,
      body: { query: { ids: { values: [id] } } },
    });
    const Source = z.looseObject({ event: z.looseObject({ ingested: z.iso.datetime() }) });
    const Answer = z.object({ hits: z.object({ hits: z.array(z.object({ _source: Source })) }) });
    // Of every line; the rest is what its type's pipeline makes of it.
    const { event, ...source } = Source.parse(Answer.parse(answer).hits.hits[0]?._source);
    const { ingested: _moment, ...rest } = event;
    return Object.keys(rest).length === 0 ? source : { ...source, event: rest };
  };

  it('reads syslog of both kinds', async () => {
    const old = '<34>Nov 21 01:02:03 db-1 sshd[4711]: Failed password for root';
    expect(await stored('syslog', old)).toEqual({
      '@timestamp': shipped,
      message: old,
      host: { name: 'db-1' },
      log: { syslog: { priority: 34 } },
      process: { name: 'sshd', pid: 4711 },
    });
    const modern = '2026-11-21T09:02:03.456+08:00 db-1 kernel: Out of memory: Killed process 7';
    expect(await stored('syslog', modern)).toMatchObject({
      '@timestamp': expect.stringMatching(/^2026-11-21T0(1:02:03\.456Z|9:02:03\.456\+08:00)$/),
      message: modern,
      process: { name: 'kernel' },
    });
  });

  it('reads nginx access and error lines', async () => {
    const access =
      '10.0.0.9 - - [21/Nov/2026:09:02:03 +0800] "GET /api/订单?q=1 HTTP/1.1" 502 157 "-" "curl/8.5"';
    expect(await stored('nginx', access)).toMatchObject({
      '@timestamp': expect.stringMatching(/^2026-11-21T0(1:02:03\.000Z|9:02:03\.000\+08:00)$/),
      source: { address: '10.0.0.9' },
      http: {
        request: { method: 'GET' },
        response: { status_code: 502, body: { bytes: 157 } },
        version: '1.1',
      },
      url: { original: '/api/订单?q=1' },
      user_agent: { original: 'curl/8.5' },
    });
    const error = '2026/11/21 09:02:03 [error] 31#31: *1 connect() failed (111: Connection refused)';
    expect(await stored('nginx', error)).toMatchObject({
      message: error,
      log: { level: 'error' },
      process: { pid: 31 },
    });
  });

  it.each(['syslog', 'nginx'])('keeps a line that %s does not look like, and says so', async (type) => {
    expect(await stored(type, 'something else 数据库宕机')).toEqual({
      '@timestamp': shipped,
      message: 'something else 数据库宕机',
      tags: ['pipeline_failure'],
      error: { message: expect.stringContaining('Grok') },
      event: { ingest_failure: expect.stringContaining('Grok') },
    });
    expect(await stored(type, { not: 'text' })).toEqual({ '@timestamp': shipped, message: { not: 'text' } });
    expect(await stored(type, undefined)).toEqual({ '@timestamp': shipped });
  });

  it('gives every line its service under one name, and leaves what is there', async () => {
    const named = async (fields: object) => await stored('app', 'x', fields);
    expect(await named({ fields: { service: 'orders' } })).toMatchObject({ service: { name: 'orders' } });
    expect(await named({ container: { name: 'pay' } })).toMatchObject({ service: { name: 'pay' } });
    expect(await named({ service: { name: 'own' }, fields: { service: 'orders' } })).toMatchObject({
      service: { name: 'own' },
    });
    expect(await named({ service: 'text', fields: { service: 'orders' } })).toMatchObject({
      service: 'text',
    });
  });

  it.each([
    [
      'Spring Boot',
      '2026-11-21T09:02:03.456+08:00  WARN 4711 --- [shop] [nio-8080-exec-1] c.e.shop.OrderService : 库存不足',
      { log: { level: 'warn', logger: 'c.e.shop.OrderService' } },
      { thread: { name: 'nio-8080-exec-1' }, pid: '4711' },
    ],
    [
      'Hadoop',
      '2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster',
      { log: { level: 'info', logger: 'org.apache.hadoop.mapreduce.v2.app.MRAppMaster' } },
      { thread: { name: 'main' } },
    ],
    [
      'ZooKeeper',
      '2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200',
      { log: { level: 'info' } },
      { thread: { name: 'QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774' } },
    ],
    [
      'Logback, with a stack trace',
      '09:02:03.456 [main] ERROR c.e.Foo - failed\njava.lang.IllegalStateException: no\n\tat c.e.Foo.run(Foo.java:7)',
      { log: { level: 'error', logger: 'c.e.Foo' } },
      { thread: { name: 'main' } },
    ],
    [
      'HDFS',
      '081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating',
      { log: { level: 'info', logger: 'dfs.DataNode$PacketResponder' } },
      undefined,
    ],
  ])('reads an application line of %s', async (_, message, fields, process) => {
    expect(await stored('app', message)).toEqual({
      '@timestamp': shipped,
      message,
      ...fields,
      ...(process !== undefined && { process }),
    });
  });

  const found = async (type: string, query: Record<string, unknown>): Promise<number> => {
    const path = `/logs-${type}-${installation.elasticsearch.namespace}/_count`;
    const answer = await installation.connection.call({ method: 'POST', path, body: { query } });
    return z.object({ count: z.number() }).parse(answer).count;
  };

  it.each(['app', 'json'])(
    'reads JSON lines of type %s, and keeps keys it does not know as text',
    async (type) => {
      const line = {
        level: 'ERROR',
        logger: 'c.e.Pay',
        trace_id: 'a1b2',
        status_code: 503,
        msg: '支付失败',
        user: { id: 7, cart: { items: { first: 'x' } } },
      };
      const message = JSON.stringify(line);
      expect(await stored(type, message)).toEqual({
        '@timestamp': shipped,
        message,
        log: { level: 'error', logger: 'c.e.Pay' },
        trace: { id: 'a1b2' },
        http: { response: { status_code: 503 } },
        logpatrol: { fields: { 'user.id': '7', 'user.cart.items': '{first=x}' } },
      });
      expect(await found(type, { term: { 'logpatrol.fields.user.id': '7' } })).toBe(1);
    },
  );

  it('adds no field to the index, whatever lines say', async () => {
    const fields = async (): Promise<unknown> =>
      installation.connection.call({
        method: 'GET',
        path: `/logs-app-${installation.elasticsearch.namespace}/_mapping`,
      });
    await stored('app', '{"level":"info"}');
    const before = await fields();
    await stored('app', JSON.stringify({ [`made-up-${count}`]: 1, nested: { also: { 'made.up': true } } }));
    expect(await fields()).toEqual(before);
  });

  it('lets the shipper have the last word, and takes no shape of it for granted', async () => {
    const message = '{"level":"info","error":"late"}';
    const fields = { log: { level: 'warn' }, error: 'text' };
    expect(await stored('app', message, fields)).toEqual({ '@timestamp': shipped, message, ...fields });
  });

  it.each([
    ['app', '{"level": broken', 'broken'],
    ['app', '{"a":'.repeat(10_000), 'nesting depth'],
    ['json', 'no JSON at all', 'no JSON object'],
    ['json', `{"a":"${'x'.repeat(70_000)}"}`, '64 KB'],
    ['nginx', `10.0.0.1 - - [21/Nov/2026:09:02:03 +0800] "${'" "'.repeat(4000)}`, 'Grok'],
    ['syslog', `<34>Nov 21 01:02:03 ${'a.'.repeat(8000)}`, 'Grok'],
  ])('keeps a broken or hostile line of type %s, with the reason in brief', async (type, message, why) => {
    const begun = performance.now();
    const kept = Kept.parse(await stored(type, message));
    // Far below the second after which Elasticsearch ends a pattern; the rest is the machine.
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(kept).toMatchObject({ message, tags: ['pipeline_failure'] });
    expect(kept.event.ingest_failure).toContain(why);
    expect(kept.event.ingest_failure.length).toBeLessThanOrEqual(300);
  });
});
