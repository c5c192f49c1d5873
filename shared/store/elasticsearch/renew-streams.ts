import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import { type Connection, Refused } from './connection.ts';
import { onlyAddsFields } from './differences.ts';
import type { Applied } from './present.ts';

const Mapped = z.looseObject({
  template: z
    .looseObject({ mappings: z.looseObject({ properties: z.record(z.string(), z.unknown()) }).optional() })
    .optional(),
  composed_of: z.array(z.string()).default([]),
});

/**
 * Brings data streams that are there to what their templates say now, for a template serves new indices only: fields that
 * were added are given to the indices that are there, and after any other change the stream rolls over at its next write. Old indices
 * stay readable as they are.
 */
export async function renewStreams(
  connection: Connection,
  applied: readonly Applied[],
  dryRun: boolean,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { asset, change } of applied) {
    if (asset.stream === undefined || change.action === 'create') continue;
    const parts = Mapped.parse(asset.body).composed_of;
    const updated = applied.filter(
      (one) =>
        one.change.action === 'update' &&
        (one.asset === asset || (one.asset.kind === 'component-templates' && parts.includes(one.asset.name))),
    );
    if (updated.length > 0) changes.push(...(await renew(connection, asset.stream, updated, dryRun)));
  }
  return changes;
}

async function renew(
  connection: Connection,
  stream: string,
  updated: readonly Applied[],
  dryRun: boolean,
): Promise<Change[]> {
  if ((await connection.find(`/_data_stream/${stream}`)) === undefined) return [];
  const what = `data stream ${stream}`;
  if (updated.every(({ change }) => onlyAddsFields(change.differences ?? [])))
    if (dryRun || (await addFields(connection, stream, updated)))
      return [{ what, action: 'update', detail: 'fields added' }];
  if (!dryRun) await connection.call({ method: 'POST', path: `/${stream}/_rollover`, query: { lazy: true } });
  return [{ what, action: 'update', detail: 'rolls over at its next write' }];
}

/** @returns false where an index has a field of that name already, of another type */
export async function addFields(
  connection: Connection,
  target: string,
  templates: readonly Applied[],
): Promise<boolean> {
  try {
    for (const { asset } of templates) {
      const properties = Mapped.parse(asset.body).template?.mappings?.properties;
      if (properties !== undefined)
        await connection.call({ method: 'PUT', path: `/${target}/_mapping`, body: { properties } });
    }
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 400) return false;
    throw error;
  }
}
