import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initSecrets, readSecret } from '#shared/secrets/index.ts';
import { buildStack, canBuild } from './build.ts';
import { startElasticsearch } from './elasticsearch.ts';

/** An Elasticsearch of one's own with security and TLS, as in production. */
export interface SecuredElasticsearch {
  /** https. */
  readonly url: string;
  /** Who signed its certificate. */
  readonly caFile: string;
  readonly elasticPassword: string;
  /** Where its repositories of snapshots may lie. */
  readonly snapshotFolder: string;
  stop(): Promise<void>;
}

/** Why there can be none here, or undefined: `describe.skipIf(noSecured !== undefined)`. */
export const noSecured =
  process.env.LOGPATROL_TEST_STACK === 'none'
    ? 'LOGPATROL_TEST_STACK=none: the tests of rights in Elasticsearch are skipped.'
    : (await canBuild())
      ? undefined
      : 'No Java and Maven: the tests of rights in Elasticsearch are skipped.';
if (noSecured !== undefined) {
  if (process.env.CI && process.env.LOGPATROL_TEST_STACK !== 'none')
    throw new Error(`${noSecured} In CI that is a failure.`);
  console.warn(noSecured);
}

/** Starts it, with secrets as `logpatrol secrets init` makes them. */
export async function startSecuredElasticsearch(): Promise<SecuredElasticsearch> {
  const files = await buildStack((line) => console.error(line));
  const folder = mkdtempSync(join(tmpdir(), 'logpatrol-secured-'));
  const secrets = join(folder, 'secrets');
  await initSecrets(secrets, { now: Date.now() });
  const own = join(secrets, 'elasticsearch');
  const elasticPassword = readSecret(secrets, 'elasticsearch/elasticsearch-password');
  const caFile = join(own, 'ca.pem');
  const snapshotFolder = join(folder, 'snapshots');
  const server = await startElasticsearch({
    files,
    folder: join(folder, 'elasticsearch'),
    heap: '400m',
    security: {
      elasticPassword,
      tls: { certificateFile: join(own, 'certificate.pem'), keyFile: join(own, 'key.pem'), caFile },
    },
    settings: { 'path.repo': snapshotFolder },
  });
  return {
    url: `https://localhost:${server.port}`,
    caFile,
    elasticPassword,
    snapshotFolder,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
