import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { type Answer, type KibanaConfig, KibanaConnection } from './connection.ts';
import { defaults, setDefaults } from './defaults.ts';
import { importObjects } from './import.ts';
import { isSame, type KibanaObject, shippedObjects } from './objects.ts';

export interface ApplyOptions {
  /** Only say what would change. */
  readonly dryRun: boolean;
  readonly logger: Logger;
  /** How long a Kibana that starts is waited for, in milliseconds; default three minutes. */
  readonly patienceMs?: number;
}

/** Between two looks at whether Kibana is there yet. */
const pauseMs = 1000;

/**
 * Brings data views, dashboards and searches into Kibana, in the language and for the namespace of the configuration, and says what
 * was done (or, on a dry run, would be). What Kibana has in this version is left alone, and so are copies that people have made; one
 * of ours that somebody changed in place stays until a newer version of it comes.
 *
 * @throws LogpatrolError `invalid-config` where the section kibana is missing or Kibana does not let us in, `unreachable` where it
 * does not answer, `unusable-environment` where it refuses objects
 */
export async function applyKibanaObjects(config: Config, options: ApplyOptions): Promise<Change[]> {
  const { kibana } = config;
  if (kibana === undefined)
    throw new LogpatrolError(
      'invalid-config',
      'kibana: there is no such section; say where Kibana is (LOGPATROL_KIBANA_URL)',
    );
  const connection = new KibanaConnection(kibana);
  try {
    await available(connection, options);
    const space = await ensureSpace(connection, kibana, options.dryRun);
    const shipped = await shippedObjects(config.language, config.elasticsearch?.namespace ?? 'default');
    // A space that a dry run does not make has nothing.
    const isEmpty = space?.action === 'create' && options.dryRun;
    const compared = isEmpty
      ? shipped.map((object) => ({ object, action: 'create' as const }))
      : await compare(connection, shipped);
    const outdated = compared.filter(({ action }) => action !== 'none').map(({ object }) => object);
    if (outdated.length > 0 && !options.dryRun) await importObjects(connection, outdated);
    return [
      ...(space === undefined ? [] : [space]),
      ...summary(compared),
      ...(isEmpty ? defaults : await setDefaults(connection, options)),
    ];
  } finally {
    await connection.close();
  }
}

const Status = z.object({ status: z.object({ overall: z.object({ level: z.string() }) }) });

/** Waits until Kibana says that it is available: it answers long before it is. */
async function available(
  connection: KibanaConnection,
  { logger, patienceMs = 180_000 }: ApplyOptions,
): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const state = await stateOf(connection);
    if (state === 'available') return;
    if (Date.now() + pauseMs > until)
      throw state instanceof Error
        ? state
        : new LogpatrolError('unreachable', `Kibana at ${connection.url} is ${state}, and not available`);
    logger.info(`waiting for Kibana at ${connection.url}`);
    await delay(pauseMs);
  }
}

async function stateOf(connection: KibanaConnection): Promise<string | LogpatrolError> {
  try {
    const answer = await connection.call({ method: 'GET', path: '/api/status' });
    const status = Status.safeParse(answer.body);
    return status.success ? status.data.status.overall.level : `answering ${answer.status}`;
  } catch (error) {
    if (error instanceof LogpatrolError && error.kind === 'unreachable') return error;
    throw error;
  }
}

async function ensureSpace(
  connection: KibanaConnection,
  { space }: KibanaConfig,
  dryRun: boolean,
): Promise<Change | undefined> {
  if (space === undefined) return undefined;
  const what = `Kibana space ${space}`;
  const found = await connection.call({
    method: 'GET',
    path: `/api/spaces/space/${encodeURIComponent(space)}`,
  });
  if (found.status === 200) return { what, action: 'none' };
  if (found.status !== 404) throw unexpected(connection, 'the space', found);
  if (!dryRun) {
    const made = await connection.call({
      method: 'POST',
      path: '/api/spaces/space',
      body: { id: space, name: space },
    });
    // Somebody else may have made it meanwhile.
    if (made.status !== 200 && made.status !== 409) throw unexpected(connection, 'the space', made);
  }
  return { what, action: 'create' };
}

const Found = z.object({
  saved_objects: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      error: z.looseObject({ statusCode: z.number() }).optional(),
      attributes: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

interface Compared {
  readonly object: KibanaObject;
  readonly action: Change['action'];
}

async function compare(connection: KibanaConnection, shipped: readonly KibanaObject[]): Promise<Compared[]> {
  const answer = await connection.call({
    method: 'POST',
    path: '/api/saved_objects/_bulk_get',
    inSpace: true,
    body: shipped.map(({ type, id }) => ({ type, id })),
  });
  const found = Found.safeParse(answer.body);
  if (answer.status !== 200 || !found.success) throw unexpected(connection, 'its objects', answer);
  const present = new Map(found.data.saved_objects.map((object) => [`${object.type}:${object.id}`, object]));
  return shipped.map((object) => {
    const there = present.get(`${object.type}:${object.id}`);
    if (there?.attributes === undefined || there.error !== undefined) return { object, action: 'create' };
    return { object, action: isSame(object, there.attributes) ? 'none' : 'update' };
  });
}

const kinds: Readonly<Record<string, string>> = {
  'index-pattern': 'data views',
  search: 'searches',
  lens: 'visualizations',
  dashboard: 'dashboards',
};

/** A row for each kind and action: there are too many objects for a row each. */
function summary(compared: readonly Compared[]): Change[] {
  const groups = Map.groupBy(compared, ({ object, action }) => `${object.type} ${action}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ object }) => object.id.replace(/^logpatrol-/, ''));
    const shown =
      names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    return [
      {
        what: `Kibana ${kinds[first.object.type] ?? first.object.type}`,
        action: first.action,
        detail: shown,
      },
    ];
  });
}

function unexpected(connection: KibanaConnection, what: string, { status, body }: Answer): LogpatrolError {
  const said = JSON.stringify(body ?? '').slice(0, 300);
  return new LogpatrolError(
    'unreachable',
    `Kibana at ${connection.url}, asked for ${what}, answered ${status}: ${said}`,
  );
}
