import type { Logger } from 'pino';
import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import type { KibanaConnection } from './connection.ts';

const Default = z.object({ data_view_id: z.string().nullable() });
const Settings = z.object({
  settings: z.record(z.string(), z.looseObject({ userValue: z.unknown().optional() })),
});

const dataView = { what: 'Kibana default data view', action: 'update', detail: 'logpatrol-logs' } as const;
/** The page that people land on. */
const route = {
  what: 'Kibana default route',
  action: 'update',
  detail: '/app/dashboards#/view/logpatrol-health',
} as const;

/** What a space gets in which nobody has decided anything. */
export const defaults: readonly Change[] = [dataView, route];

/**
 * Which data view Discover opens with and which page people land on, where nobody has decided that. A Kibana that does not let it be
 * set is told of in the log and works all the same.
 */
export async function setDefaults(
  connection: KibanaConnection,
  { dryRun, logger }: { dryRun: boolean; logger: Logger },
): Promise<Change[]> {
  return [await defaultDataView(connection, dryRun, logger), await defaultRoute(connection, dryRun, logger)];
}

async function defaultDataView(
  connection: KibanaConnection,
  dryRun: boolean,
  logger: Logger,
): Promise<Change> {
  const { what, detail } = dataView;
  const path = '/api/data_views/default';
  const { body } = await connection.call({ method: 'GET', path, inSpace: true });
  const present = Default.safeParse(body);
  // An empty text: there is none.
  if (present.success && present.data.data_view_id)
    return { what, action: 'none', detail: present.data.data_view_id };
  if (!dryRun) {
    const answer = await connection.call({
      method: 'POST',
      path,
      inSpace: true,
      body: { data_view_id: detail, force: true },
    });
    if (answer.status !== 200) return untouched(what, answer.status, logger);
  }
  return dataView;
}

async function defaultRoute(connection: KibanaConnection, dryRun: boolean, logger: Logger): Promise<Change> {
  const { what, detail } = route;
  const path = '/internal/kibana/settings';
  const { status, body } = await connection.call({ method: 'GET', path, inSpace: true });
  const present = Settings.safeParse(body);
  if (status !== 200 || !present.success) return untouched(what, status, logger);
  const chosen = present.data.settings.defaultRoute?.userValue;
  if (chosen !== undefined) return { what, action: 'none', detail: String(chosen) };
  if (!dryRun) {
    const answer = await connection.call({
      method: 'POST',
      path,
      inSpace: true,
      body: { changes: { defaultRoute: detail } },
    });
    if (answer.status !== 200) return untouched(what, answer.status, logger);
  }
  return route;
}

function untouched(what: string, status: number, logger: Logger): Change {
  logger.warn(`${what} cannot be set: Kibana answered ${status}`);
  return { what, action: 'none', detail: `cannot be set (${status})` };
}
