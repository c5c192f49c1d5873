import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackFiles } from './build.ts';
import { isRecovered } from './elasticsearch-ready.ts';
import { createServerProcess, freePort, type Server } from './server.ts';

/** As in production: whoever asks must say who they are, and HTTP by TLS where certificates are given. */
export interface ElasticsearchSecurity {
  /** Of the superuser `elastic`. */
  readonly elasticPassword: string;
  /** PEM files. Where absent the address is http. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string; readonly caFile: string };
}

export interface ElasticsearchOptions {
  readonly files: StackFiles;
  /** Where its data and its logs go. */
  readonly folder: string;
  readonly port?: number;
  /** Java heap, e.g. `512m`. */
  readonly heap?: string;
  /** Runs as in production, with the optimising compiler and G1; tests would rather have a quick start and little memory. */
  readonly forSpeed?: boolean;
  /** Without it there is no security at all. */
  readonly security?: ElasticsearchSecurity;
  /** More settings of its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One real Elasticsearch node on 127.0.0.1, started, its state recovered. */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<Server> {
  const { files, folder, heap = '512m', security } = options;
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
  const settings = {
    ...(await securitySettings(security, join(folder, 'config'))),
    // Garbage counts as use for the breaker, and a collector that is not G1 may leave it lying for long.
    'indices.breaker.total.use_real_memory': 'false',
    ...options.settings,
  };
  const server = createServerProcess({
    name: 'elasticsearch',
    port,
    folder,
    ...(security && { environment: { ES_BOOTSTRAP_PASSWORD: security.elasticPassword } }),
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
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ],
    isReady: () => isRecovered(port, security),
  });
  await server.start();
  return server;
}

/** The files of TLS must lie below the configuration's folder. */
async function securitySettings(
  security: ElasticsearchSecurity | undefined,
  configFolder: string,
): Promise<Record<string, string>> {
  if (security === undefined) return { 'xpack.security.enabled': 'false' };
  const settings = { 'xpack.security.enabled': 'true' };
  if (security.tls === undefined) return settings;
  await mkdir(configFolder, { recursive: true });
  const { certificateFile, keyFile, caFile } = security.tls;
  const copies = { 'certificate.pem': certificateFile, 'key.pem': keyFile, 'ca.pem': caFile };
  for (const [name, file] of Object.entries(copies)) await copyFile(file, join(configFolder, name));
  return {
    ...settings,
    'xpack.security.http.ssl.enabled': 'true',
    'xpack.security.http.ssl.certificate': 'certificate.pem',
    'xpack.security.http.ssl.key': 'key.pem',
    'xpack.security.http.ssl.certificate_authorities': 'ca.pem',
  };
}
