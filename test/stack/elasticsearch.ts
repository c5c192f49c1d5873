import { join } from 'node:path';
import type { StackFiles } from './build.ts';
import { createServerProcess, freePort, type Server } from './server.ts';

export interface ElasticsearchOptions {
  readonly files: StackFiles;
  /** Where its data and its logs go. */
  readonly folder: string;
  readonly port?: number;
  /** Java heap, e.g. `512m`. */
  readonly heap?: string;
  /** Runs as in production, with the optimising compiler and G1; tests would rather have a quick start and little memory. */
  readonly forSpeed?: boolean;
}

/** One real Elasticsearch node on 127.0.0.1, started, its state recovered. Without security. */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<Server> {
  const { files, folder, heap = '512m' } = options;
  const port = options.port ?? (await freePort());
  const home = files.elasticsearch;
  const properties = {
    'java.io.tmpdir': join(folder, 'tmp'),
    'java.awt.headless': 'true',
    'file.encoding': 'UTF-8',
    'es.path.home': home,
    'es.distribution.type': 'tar',
    'es.networkaddress.cache.ttl': '60',
    'es.logs.base_path': join(folder, 'logs'),
    'io.netty.noUnsafe': 'true',
    'io.netty.noKeySetOptimization': 'true',
    'io.netty.recycler.maxCapacityPerThread': '0',
    'log4j.shutdownHookEnabled': 'false',
    'log4j2.disable.jmx': 'true',
    'log4j2.formatMsgNoLookups': 'true',
    'java.locale.providers': 'CLDR',
    'org.apache.lucene.vectorization.upperJavaFeatureVersion': '21',
  };
  const server = createServerProcess({
    name: 'elasticsearch',
    port,
    folder,
    command: [
      files.java,
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-Xss1m',
      ...(options.forSpeed === true ? ['-XX:+UseG1GC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
      '--add-opens=java.base/java.io=ALL-UNNAMED',
      '--enable-native-access=ALL-UNNAMED',
      ...Object.entries(properties).map(([key, value]) => `-D${key}=${value}`),
      '-cp',
      `${files.launcher}:${home}/lib/*`,
      'logpatrol.Launcher',
      home,
      folder,
      String(port),
      'xpack.security.enabled=false',
      // Garbage counts as use for the breaker, and a collector that is not G1 may leave it lying for long.
      'indices.breaker.total.use_real_memory=false',
    ],
    isReady: () => isRecovered(port),
  });
  await server.start();
  return server;
}

/** The port opens before the cluster's state is recovered, so health is asked. */
async function isRecovered(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/_cluster/health?wait_for_status=yellow&timeout=1s`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
