import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { forever } from '../contract/line.ts';
import { openElasticsearchStore } from '../elasticsearch.ts';
import type { Store } from '../port.ts';
import { type Installation, newInstallation } from './testing/installation.ts';

const logger = pino({ level: 'silent' });
const minute = 60_000;
const hour = 60 * minute;
const Template = z.object({
  index_templates: z.tuple([
    z.object({
      index_template: z.object({
        index_patterns: z.array(z.string()),
        priority: z.number(),
        template: z.object({
          settings: z.object({ index: z.looseObject({}) }),
          mappings: z.record(z.string(), z.unknown()),
        }),
      }),
    }),
  ]),
});
const Count = z.object({ count: z.number() });

describe.skipIf(elasticsearchAddress() === undefined)('readings in Elasticsearch', () => {
  let installation: Installation;
  let store: Store;
  beforeEach(async () => {
    installation = newInstallation();
    const { elasticsearch, config } = installation;
    store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
    await store.setup();
  });
  afterEach(async () => {
    await store.close();
    await installation.remove();
  });
  const stream = (name: string) => `metrics-logpatrol.${name}-${installation.elasticsearch.namespace}`;
  const count = async (name: string) => {
    await store.refresh();
    const path = `/${stream(name)}/_count`;
    const query = { ignore_unavailable: true };
    return Count.parse(await installation.connection.call({ method: 'GET', path, query })).count;
  };
  const kinds = async (...[metrics, options]: Parameters<Store['saveMetrics']>) =>
    (await store.saveMetrics(metrics, options)).map(({ kind }) => kind);

  /**
   * The first index of the time series takes two hours back and half an hour ahead, as Elasticsearch's own data streams give theirs; the one of the
   * tests, whose module for them is not there, would give it all of time. What refuses is the same in both.
   */
  const withBounds = async (now: number) => {
    const path = `/_index_template/logpatrol-metrics-ipmi-${installation.elasticsearch.namespace}`;
    const found = Template.parse(await installation.connection.call({ method: 'GET', path }));
    const { template, ...rest } = found.index_templates[0].index_template;
    const bounds = {
      start_time: new Date(now - 2 * hour).toISOString(),
      end_time: new Date(now + hour / 2).toISOString(),
    };
    const index = { ...template.settings.index, time_series: bounds };
    const body = { ...rest, data_stream: {}, template: { ...template, settings: { index } } };
    await installation.connection.call({ method: 'PUT', path, body });
  };

  it('are kept beside the time series where that does not take their time, once, and found with the others', async () => {
    const now = Date.now();
    await withBounds(now);
    const hours = [-30 * 24, -5, -1, 0, 3];
    const readings = hours.map((hours, value) => sampleReading(now + hours * hour, { value }));
    expect(await kinds(readings, forever)).toEqual(readings.map(() => 'stored'));
    expect([await count('ipmi'), await count('late')]).toEqual([2, 3]);
    expect(await kinds(readings, { ...forever, verify: true })).toEqual(readings.map(() => 'duplicate'));
    expect([await count('ipmi'), await count('late')]).toEqual([2, 3]);
    const query = { server: 'bmc-1', sensor: 'CPU Temp' };
    expect(await store.readings({ ...query, limit: 10 })).toEqual(readings);
    const [from, to] = [now - 6 * hour, now + minute];
    expect(await store.readingsOverTime({ ...query, from, to }, 1)).toMatchObject([{ count: 3, mean: 2 }]);
    expect(await store.latestReadings({ from, to, limit: 5 })).toEqual([readings[3]]);
  });

  it('and statuses are kept once, these also over a rollover', async () => {
    const now = Date.now();
    const readings = [0, 1, 2].map((minutes) => sampleReading(now + minutes * minute));
    const statuses = [sampleStatus(now)];
    expect(await kinds([...readings, ...statuses], forever)).toEqual(Array(4).fill('stored'));
    await installation.connection.call({ method: 'POST', path: `/${stream('status')}/_rollover` });
    expect(await kinds([...readings, ...statuses], { ...forever, verify: true })).toEqual(
      Array(4).fill('duplicate'),
    );
    expect([await count('ipmi'), await count('late'), await count('status')]).toEqual([3, 0, 1]);
  });

  it('are in a time series of server, host and sensor', async () => {
    await store.saveMetrics([sampleReading(Date.now())], forever);
    const settings = await installation.connection.call({
      method: 'GET',
      path: `/${stream('ipmi')}/_settings`,
    });
    expect(Object.values(z.record(z.string(), z.unknown()).parse(settings))).toMatchObject([
      { settings: { index: { mode: 'time_series', routing_path: ['server', 'host', 'sensor'] } } },
    ]);
  });
});
