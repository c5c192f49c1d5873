import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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
}

/** One real broker (KRaft, broker and controller in one) on 127.0.0.1, started. */
export async function startKafka(options: KafkaOptions): Promise<Server> {
  const { files, folder, heap = '384m' } = options;
  const port = options.port ?? (await freePort());
  const controllerPort = await freePort();
  await mkdir(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  await writeFile(
    properties,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
      `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
      'controller.listener.names=CONTROLLER',
      'inter.broker.listener.name=PLAINTEXT',
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      `log.dirs=${join(folder, 'data')}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=4',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'transaction.state.log.num.partitions=4',
      'group.initial.rebalance.delay.ms=0',
      'auto.create.topics.enable=false',
      '',
    ].join('\n'),
  );
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
    await tool('format', '-t', id.trim(), '-c', properties);
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
