import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initSecrets } from '#shared/secrets/index.ts';
import { buildStack } from './build.ts';
import { startKafka } from './kafka.ts';

/** A Kafka of one's own as docker compose runs it: TLS, users, an authorizer. */
export interface SecuredKafka {
  /** host:port */
  readonly address: string;
  /** What `logpatrol secrets init` made; the broker has its part. */
  readonly secrets: string;
  stop(): Promise<void>;
}

/** Starts it, with secrets of its own. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const files = await buildStack((line) => console.error(line));
  const folder = mkdtempSync(join(tmpdir(), 'logpatrol-secured-'));
  const secrets = join(folder, 'secrets');
  await initSecrets(secrets, { now: Date.now() });
  const server = await startKafka({
    files,
    folder: join(folder, 'kafka'),
    heap: '256m',
    security: { secrets },
  });
  return {
    address: `127.0.0.1:${server.port}`,
    secrets,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
