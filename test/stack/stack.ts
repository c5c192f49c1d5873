import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStack } from './build.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startKafka } from './kafka.ts';
import type { Server } from './server.ts';

/** A running Kafka and Elasticsearch of one's own. */
export interface Stack {
  readonly kafka: Server;
  readonly elasticsearch: Server;
  readonly kafkaAddress: string;
  readonly elasticsearchAddress: string;
  /** Stops both; removes their data where the folder was not given. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly say: (line: string) => void;
  /** Where data stays over runs; a temporary folder where absent. */
  readonly folder?: string;
  readonly kafkaPort?: number;
  readonly elasticsearchPort?: number;
  readonly kafkaHeap?: string;
  readonly elasticsearchHeap?: string;
  /** Elasticsearch as in production, for measuring. */
  readonly forSpeed?: boolean;
}

/** Builds (once) and starts both servers on 127.0.0.1. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const files = await buildStack(options.say);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'logpatrol-stack-')));
  options.say('Starting Kafka and Elasticsearch…');
  const [kafka, elasticsearch] = await Promise.all([
    startKafka({
      files,
      folder: join(folder, 'kafka'),
      ...(options.kafkaPort === undefined ? {} : { port: options.kafkaPort }),
      ...(options.kafkaHeap === undefined ? {} : { heap: options.kafkaHeap }),
    }),
    startElasticsearch({
      files,
      folder: join(folder, 'elasticsearch'),
      ...(options.elasticsearchPort === undefined ? {} : { port: options.elasticsearchPort }),
      ...(options.forSpeed === undefined ? {} : { forSpeed: options.forSpeed }),
      ...(options.elasticsearchHeap === undefined ? {} : { heap: options.elasticsearchHeap }),
    }),
  ]);
  return {
    kafka,
    elasticsearch,
    kafkaAddress: `127.0.0.1:${kafka.port}`,
    elasticsearchAddress: `http://127.0.0.1:${elasticsearch.port}`,
    async stop() {
      await Promise.all([kafka.stop(), elasticsearch.stop()]);
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
