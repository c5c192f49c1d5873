import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { KibanaConnection } from './connection.ts';
import type { KibanaObject } from './objects.ts';

const Failure = z.looseObject({
  id: z.string(),
  type: z.string(),
  error: z.looseObject({
    type: z.string(),
    message: z.string().optional(),
    references: z.array(z.object({ type: z.string(), id: z.string() })).optional(),
  }),
});
const Imported = z.object({
  success: z.boolean(),
  successCount: z.number(),
  successResults: z
    .array(z.looseObject({ id: z.string(), type: z.string(), destinationId: z.string().optional() }))
    .optional(),
  errors: z.array(Failure).optional(),
});

/**
 * Imports objects over those of the same id. HTTP 200 is no success: the body says what became of each.
 *
 * @throws LogpatrolError `unusable-environment` where an object is refused, or another space has its id, `unreachable` where the
 * answer makes no sense
 */
export async function importObjects(
  connection: KibanaConnection,
  objects: readonly KibanaObject[],
): Promise<void> {
  const { status, body } = await connection.call({
    method: 'POST',
    path: '/api/saved_objects/_import?overwrite=true',
    inSpace: true,
    ndjson: objects.map((object) => `${JSON.stringify(object)}\n`).join(''),
  });
  const imported = Imported.safeParse(body);
  if (status !== 200 || !imported.success)
    throw new LogpatrolError(
      status === 400 ? 'unusable-environment' : 'unreachable',
      `Kibana at ${connection.url} did not import (${status}): ${JSON.stringify(body ?? '').slice(0, 500)}`,
    );
  const { success, successCount, errors = [], successResults = [] } = imported.data;
  if (!success || successCount !== objects.length)
    throw new LogpatrolError(
      'unusable-environment',
      `Kibana at ${connection.url} imported ${successCount} of ${objects.length} objects: ${errors.slice(0, 5).map(failure).join('; ')}`,
    );
  const moved = successResults.filter(({ destinationId }) => destinationId !== undefined);
  if (moved.length > 0)
    throw new LogpatrolError(
      'unusable-environment',
      `Kibana at ${connection.url} stored ${moved.map(({ id }) => id).join(', ')} under other ids, for another space has these; delete them there, or use one Kibana for each installation`,
    );
}

function failure({ type, id, error }: z.infer<typeof Failure>): string {
  const missing = error.references?.map((reference) => `${reference.type} ${reference.id}`).join(', ');
  return `${type} ${id}: ${error.message ?? error.type}${missing === undefined ? '' : ` (${missing})`}`;
}
