import { randomBytes } from 'node:crypto';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { Connection, Refused } from '../connection.ts';
import { metricStreams, namesIn } from '../names.ts';

/** A namespace of its own on the test's Elasticsearch. */
export interface Installation {
  readonly config: Config;
  readonly elasticsearch: NonNullable<Config['elasticsearch']>;
  readonly connection: Connection;
  /** Makes the data stream of a type write to a new index. */
  rollOver(type: string): Promise<void>;
  /** Deletes everything in the namespace. */
  remove(): Promise<void>;
}

/** @param changes to the section `elasticsearch` */
export function newInstallation(
  changes: Record<string, unknown> = {},
  routes?: Record<string, unknown>,
): Installation {
  const url = elasticsearchAddress();
  const namespace = `t${randomBytes(5).toString('hex')}`;
  const config = ConfigSchema.parse({
    elasticsearch: { url, namespace, ...changes },
    ...(routes === undefined ? {} : { routes }),
  });
  if (config.elasticsearch === undefined || url === undefined) throw new Error('no Elasticsearch');
  const { elasticsearch } = config;
  const connection = new Connection({ ...elasticsearch, url });
  const names = namesIn(namespace);
  const drop = async (path: string): Promise<void> => {
    try {
      await connection.call({ method: 'DELETE', path });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  };
  return {
    config,
    elasticsearch,
    connection,
    rollOver: async (type) => {
      await connection.call({ method: 'POST', path: `/${names.logs(type)}/_rollover` });
    },
    remove: async () => {
      const streams = Object.keys(config.routes).map((type) => names.logs(type));
      await Promise.all([
        ...[...streams, names.deliveries, names.audit, ...metricStreams(names)].map((stream) =>
          drop(`/_data_stream/${stream}`),
        ),
        drop(`/${names.findings}-000001`),
        drop(`/${names.runbooks}-000001`),
      ]);
      await drop(`/_index_template/${names.asset('*')}`);
      await drop(`/_component_template/${names.asset('*')}`);
      await drop(`/_ingest/pipeline/${names.asset('*')}`);
      for (const policy of ['logs', 'deliveries', 'audit', 'metrics'])
        await drop(`/_ilm/policy/${names.asset(policy)}`);
      await connection.close();
    },
  };
}
