import { z } from 'zod';
import { Reading, SelEvent, ServerStatus } from '#shared/model/index.ts';

/** What `check` and `watch` have seen of one server: `--format json` prints it as it is. */
export const ServerReport = z.object({
  server: z.string(),
  /** Address of the BMC. */
  bmc: z.string(),
  port: z.number().int(),
  /** As the machine calls itself in its logs. */
  host: z.string(),
  group: z.string().optional(),
  /** How often it was asked until it answered, or was given up. */
  attempts: z.number().int().positive(),
  status: ServerStatus,
  /** Faults that the chassis itself states. */
  faults: z.array(z.string()),
  /** In the order of the BMC. */
  readings: z.array(Reading),
  /** The last ones of the event log, the newest first. */
  events: z.array(SelEvent),
});
export type ServerReport = z.infer<typeof ServerReport>;

/** `logpatrol ipmi check --format json`. */
export const CheckReport = z.object({
  at: z.string(),
  /** The process ends with it. */
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
  servers: z.array(ServerReport),
});
export type CheckReport = z.infer<typeof CheckReport>;

/**
 * 3 where a server did not answer, refused or made no sense, for what it would say is not known; else 1 where something is critical;
 * else 0.
 */
export function exitCodeOf(reports: readonly ServerReport[]): CheckReport['exitCode'] {
  if (reports.some(({ status }) => status.outcome !== 'ok')) return 3;
  return reports.some(({ status }) => status.health === 'critical') ? 1 : 0;
}

/** The worst first: critical, those that do not answer, warning, ok; else by name. */
export function worstFirst(reports: readonly ServerReport[]): ServerReport[] {
  const rank = ({ status: { outcome, health } }: ServerReport): number =>
    outcome !== 'ok' ? 1 : health === 'critical' ? 0 : health === 'warning' ? 2 : 3;
  return [...reports].sort(
    (a, b) => rank(a) - rank(b) || a.server.localeCompare(b.server, 'en', { numeric: true }),
  );
}
