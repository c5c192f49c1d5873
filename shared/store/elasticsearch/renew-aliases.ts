import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Connection } from './connection.ts';
import type { Applied } from './present.ts';
import { addFields } from './renew-streams.ts';

const Aliases = z.record(z.string(), z.unknown());
const Reindexed = z.object({ total: z.number(), failures: z.array(z.unknown()).default([]) });

/** Copying findings takes a second for some thousands. */
const reindexTimeoutMs = 60 * 60_000;

/**
 * An index behind an alias: made where there is none. Fields that its template adds are given to it as it is; where a field becomes
 * another type, everything is copied to the next index, and the alias goes over to that. Writers are refused meanwhile, and wait.
 */
export async function indexBehindAlias(
  connection: Connection,
  kind: string,
  alias: string,
  template: Applied | undefined,
  dryRun: boolean,
): Promise<Change> {
  const what = `${kind} index ${alias}`;
  const answer = await connection.find(`/_alias/${alias}`);
  if (answer === undefined) {
    if (!dryRun) await create(connection, `${alias}-000001`, { [alias]: { is_write_index: true } });
    return { what, action: 'create' };
  }
  if (template?.change.action !== 'update') return { what, action: 'none' };
  const isContradicted = (template.change.differences ?? []).some(
    ({ path, is }) => is !== undefined && /^template\.mappings\.properties\..*\.type$/.test(path),
  );
  if (dryRun)
    return { what, action: 'update', detail: isContradicted ? 'is copied to a new index' : 'fields added' };
  if (await addFields(connection, alias, [template]))
    return { what, action: 'update', detail: 'fields added' };
  const [old] = Object.keys(Aliases.parse(answer));
  if (old === undefined) throw new Error(`the alias ${alias} without an index`);
  const next = nextName(old, alias);
  await copy(connection, old, next, alias);
  return { what, action: 'update', detail: `copied to ${next}` };
}

/** The number at the end, one more. */
function nextName(index: string, alias: string): string {
  const number = Number(/-(\d{6})$/.exec(index)?.[1] ?? 0) + 1;
  return `${alias}-${String(number).padStart(6, '0')}`;
}

async function create(
  connection: Connection,
  index: string,
  aliases: Record<string, unknown>,
): Promise<void> {
  await connection.call({ method: 'PUT', path: `/${index}`, body: { aliases } });
}

async function copy(connection: Connection, old: string, next: string, alias: string): Promise<void> {
  const block = (isBlocked: boolean) =>
    connection.call({
      method: 'PUT',
      path: `/${old}/_settings`,
      body: { index: { blocks: { write: isBlocked } } },
    });
  // What an earlier attempt has left.
  if ((await connection.find(`/${next}`)) !== undefined)
    await connection.call({ method: 'DELETE', path: `/${next}` });
  await create(connection, next, {});
  await block(true);
  try {
    await connection.call({ method: 'POST', path: `/${old}/_refresh` });
    const { failures } = Reindexed.parse(
      await connection.call({
        method: 'POST',
        path: '/_reindex',
        query: { refresh: true },
        // Each with the version that it has, which is its revision.
        body: { source: { index: old }, dest: { index: next, version_type: 'external' } },
        timeoutMs: reindexTimeoutMs,
      }),
    );
    if (failures.length > 0)
      throw new LogpatrolError(
        'unreachable',
        `${failures.length} documents of ${old} cannot be copied to ${next}: ${JSON.stringify(failures[0]).slice(0, 500)}; ${old} stays in use`,
      );
    await connection.call({
      method: 'POST',
      path: '/_aliases',
      body: {
        actions: [{ add: { index: next, alias, is_write_index: true } }, { remove_index: { index: old } }],
      },
    });
  } catch (error) {
    await block(false);
    throw error;
  }
}
