import { z } from 'zod';
import { Severity } from '#shared/model/index.ts';
import { name, plainUrl, seconds } from './values.ts';

/** Drills: a marked failure of logpatrol's own, from a line to an accepted card. */
export const DrillConfig = z.strictObject({
  type: name
    .optional()
    .describe(
      'The log type whose topic the line goes to; the first that is looked at for drills where absent.',
    ),
  severity: Severity.default('warning').describe('Of the drill and its card.'),
  channel: name
    .optional()
    .describe(
      "The channel that its card goes to, and no other; the operator's where absent, else the first.",
    ),
  timeoutSeconds: seconds(5, 600, 60).describe('A drill that has not come through by then has failed.'),
  everyMinutes: z
    .number()
    .int()
    .min(2)
    .max(7 * 24 * 60)
    .optional()
    .describe('How often the housekeeping service runs one; never where absent.'),
  heartbeatUrl: plainUrl
    .optional()
    .describe('A secret: an address outside that is asked (GET) after each drill that came through.'),
  heartbeatFailure: z
    .enum(['none', 'fail-path', 'status-down'])
    .default('none')
    .describe(
      'What is asked after one that did not: nothing, the address with /fail behind its path (healthchecks.io), or with status=down (Uptime Kuma).',
    ),
});
