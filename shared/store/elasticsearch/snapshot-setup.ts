import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { type Connection, Refused } from './connection.ts';
import { differencesOf } from './differences.ts';
import type { SnapshotAssets } from './snapshot-assets.ts';

const Policies = z.record(
  z.string(),
  z.object({
    policy: z.looseObject({
      config: z.looseObject({ metadata: z.looseObject({ hash: z.string().optional() }).optional() }),
    }),
  }),
);
const Repositories = z.record(z.string(), z.unknown());

/** Makes the repository of snapshots and the policy that fills it; the latter where this Elasticsearch has such policies. */
export async function applySnapshots(
  connection: Connection,
  assets: SnapshotAssets,
  dryRun: boolean,
): Promise<Change[]> {
  return [await applyRepository(connection, assets, dryRun), await applyPolicy(connection, assets, dryRun)];
}

async function applyRepository(
  connection: Connection,
  { repository, repositoryBody }: SnapshotAssets,
  dryRun: boolean,
): Promise<Change> {
  const what = `snapshot repository ${repository}`;
  const path = `/_snapshot/${repository}`;
  const answer = await connection.find(path);
  const is = answer === undefined ? undefined : Repositories.parse(answer)[repository];
  // It notes an identity of its own beside what it was given.
  const differences = differencesOf(is, repositoryBody).filter(({ path }) => path !== 'uuid');
  if (is !== undefined && differences.length === 0) return { what, action: 'none' };
  if (!dryRun)
    try {
      await connection.call({ method: 'PUT', path, body: repositoryBody, timeoutMs: 60_000 });
    } catch (error) {
      throw new LogpatrolError(
        'unusable-environment',
        `snapshots.repository: Elasticsearch cannot use it: ${messageOf(error)}; for fs its location must be below path.repo of every node and writable for the user that Elasticsearch runs as, for s3 the keys of its client must be in every node's keystore`,
        { cause: error },
      );
    }
  return is === undefined ? { what, action: 'create' } : { what, action: 'update', differences };
}

async function applyPolicy(
  connection: Connection,
  { policy, policyBody }: SnapshotAssets,
  dryRun: boolean,
): Promise<Change> {
  const what = `snapshot policy ${policy}`;
  const path = `/_slm/policy/${policy}`;
  let answer: unknown;
  try {
    answer = await connection.find(path);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const detail = 'this Elasticsearch has no such policies: the service housekeeping takes the snapshots';
    return { what, action: 'none', detail };
  }
  const is = answer === undefined ? undefined : Policies.parse(answer)[policy]?.policy;
  const digest = hash('sha256', JSON.stringify(policyBody), 'base64url').slice(0, 16);
  if (is?.config.metadata?.hash === digest) return { what, action: 'none' };
  const body = marked(policyBody, digest);
  if (!dryRun) await connection.call({ method: 'PUT', path, body });
  return is === undefined
    ? { what, action: 'create' }
    : { what, action: 'update', differences: differencesOf(is, body) };
}

const Body = z.looseObject({ config: z.looseObject({ metadata: z.looseObject({}) }) });

/** The body with the hash of itself in the metadata that each snapshot carries. */
function marked(body: Record<string, unknown>, digest: string): Record<string, unknown> {
  const { config, ...rest } = Body.parse(body);
  return { ...rest, config: { ...config, metadata: { ...config.metadata, hash: digest } } };
}
