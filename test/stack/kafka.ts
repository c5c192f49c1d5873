import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StackFiles } from './build.ts';
import { createServerProcess, freePort, type Server } from './server.ts';

const run = promisify(execFile);

export interface KafkaOptions {
  readonly files: StackFiles;
  /** Where its data and its log go. */
  readonly folder: string;
  readonly port?: number;
  /** Java heap, e.g. `256m`. */
  readonly heap?: string;
  /**
   * As in docker compose: TLS, users by SCRAM, an authorizer; with the settings of `deploy/compose/kafka`. `secrets` is a folder that
   * `initSecrets` filled; the administrator is `admin`.
   */
  readonly security?: { readonly secrets: string };
}

/** One real broker (KRaft, broker and controller in one) on 127.0.0.1, started. */
export async function startKafka(options: KafkaOptions): Promise<Server> {
  const { files, folder, heap = '384m' } = options;
  const port = options.port ?? (await freePort());
  const ports = { clients: port, controller: await freePort(), broker: await freePort() };
  await mkdir(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  const own = [
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.num.partitions=4',
    'transaction.state.log.num.partitions=4',
    '',
  ];
  const settings = options.security ? await secured(ports, options.security.secrets) : open(ports);
  await writeFile(properties, [...settings, ...own].join('\n'));
  await writeFile(
    logging,
    [
      'rootLogger.level=warn',
      'rootLogger.appenderRef.out.ref=out',
      'appender.out.type=Console',
      'appender.out.name=out',
      'appender.out.layout.type=PatternLayout',
      'appender.out.layout.pattern=%d %p %m (%c)%n',
      '',
    ].join('\n'),
  );
  const java = [
    '-cp',
    `${files.kafka}/*`,
    `-Dlog4j2.configurationFile=file:${logging}`,
    '-Djava.awt.headless=true',
  ];
  const tool = (...args: string[]) => run('java', [...java, 'kafka.tools.StorageTool', ...args]);
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    const { stdout: id } = await tool('random-uuid');
    await tool('format', '-t', id.trim(), '-c', properties, ...(await administrator(options)));
  }
  const server = createServerProcess({
    name: 'kafka',
    port,
    folder,
    command: ['java', `-Xms${heap}`, `-Xmx${heap}`, ...java, 'kafka.Kafka', properties],
    isReady: () => accepts(port),
  });
  await server.start();
  return server;
}

interface Ports {
  readonly clients: number;
  readonly controller: number;
  readonly broker: number;
}

function open({ clients, controller }: Ports): string[] {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${clients}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
  ];
}

/** What compose runs, at other addresses: of a setting that is there twice the later one counts. */
async function secured({ clients, controller, broker }: Ports, secrets: string): Promise<string[]> {
  const compose = new URL('../../deploy/compose/kafka/server.properties', import.meta.url);
  return [
    await readFile(compose, 'utf8'),
    `controller.quorum.voters=1@localhost:${controller}`,
    `listeners=CLIENTS://127.0.0.1:${clients},BROKER://localhost:${broker},CONTROLLER://localhost:${controller}`,
    `advertised.listeners=CLIENTS://127.0.0.1:${clients},BROKER://localhost:${broker}`,
    `ssl.keystore.location=${join(secrets, 'kafka', 'keystore.pem')}`,
    `ssl.truststore.location=${join(secrets, 'kafka', 'ca.pem')}`,
  ];
}

async function administrator({ security }: KafkaOptions): Promise<string[]> {
  if (security === undefined) return [];
  const password = await readFile(join(security.secrets, 'kafka', 'admin-password'), 'utf8');
  return ['--add-scram', `SCRAM-SHA-512=[name=admin,password=${password}]`];
}

/** Kafka opens its port only when it serves. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
