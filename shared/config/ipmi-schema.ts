import { z } from 'zod';
import { inOrder, pattern, plainUrl, seconds } from './values.ts';

/** Shown in terminals and on cards, and never obeyed by them. */
const visible = z.string().regex(/^[^\p{Cc}\p{Cf}]+$/u, 'use visible characters');

const serverName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'use letters, digits, dots, - and _ (253 at most)');

/** What can be said of each server, and in `ipmi` for all of them. */
const perServer = {
  port: z.number().int().min(1).max(65_535).default(623),
  user: visible.max(20).optional().describe('Of the BMC; needs no more than the privilege USER.'),
  passwordFile: z
    .string()
    .min(1)
    .optional()
    .describe('File with the password alone; only its owner may read it.'),
  passwordEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'use the name of an environment variable')
    .optional()
    .describe('Environment variable with the password; IPMI_PASSWORD where neither is given.'),
  cipherSuite: z.number().int().min(0).max(17).default(3).describe('3 or, on newer BMCs, 17.'),
  privilege: z.enum(['user', 'operator', 'administrator']).default('user'),
  tool: z.enum(['ipmitool', 'freeipmi']).default('ipmitool'),
  intervalSeconds: seconds(5, 86_400, 30).describe('From one poll of a server to the next.'),
  maxRetries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(2)
    .describe('Polls that may fail in a row before the server is told to be unreachable.'),
  timeoutSeconds: seconds(1, 600, 20).describe(
    'Longest that a poll may take; how long is waited for a server that is usually faster follows from its history.',
  ),
};

/** One BMC. What it leaves out is as `ipmi` says. */
export const IpmiServer = z.strictObject({
  name: serverName.describe('Its name here, unique.'),
  host: z
    .string()
    .max(253)
    .regex(/^(?=.*[A-Za-z0-9])[A-Za-z0-9:][A-Za-z0-9._:%-]*$/, 'use an address or a host name')
    .regex(/^[^:]*$|:.*:/, 'the port has a setting of its own: port')
    .describe('Address or name of the BMC.'),
  hostName: visible
    .max(253)
    .optional()
    .describe('As the machine calls itself in its logs; its name where absent.'),
  group: visible.max(120).optional().describe('Rack, model or any group that thresholds name.'),
  enabled: z.boolean().default(true),
  port: perServer.port.removeDefault().optional(),
  user: perServer.user,
  passwordFile: perServer.passwordFile,
  passwordEnv: perServer.passwordEnv,
  cipherSuite: perServer.cipherSuite.removeDefault().optional(),
  privilege: perServer.privilege.removeDefault().optional(),
  tool: perServer.tool.removeDefault().optional(),
  intervalSeconds: perServer.intervalSeconds.removeDefault().optional(),
  maxRetries: perServer.maxRetries.removeDefault().optional(),
  timeoutSeconds: perServer.timeoutSeconds.removeDefault().optional(),
});
export type IpmiServer = z.infer<typeof IpmiServer>;

const limit = z.number().optional();

/** Limits for some sensors; the later entry wins, limit by limit. `null` takes a limit of the BMC away. */
export const SensorLimits = z
  .strictObject({
    sensors: pattern.describe('Pattern of sensor names, * and ? as in file names, whatever their case.'),
    kind: z
      .enum(['temperature', 'fan', 'voltage', 'current', 'power', 'percent', 'rate', 'other'])
      .optional(),
    groups: z.array(z.string().min(1)).min(1).optional().describe('Groups of servers; all where absent.'),
    servers: z.array(pattern).min(1).optional().describe('Patterns of server names.'),
    warning: limit.nullable().describe('At or above it: a warning.'),
    critical: limit.nullable(),
    belowWarning: limit.nullable().describe('At or below it: a warning.'),
    belowCritical: limit.nullable(),
    ignore: z.boolean().default(false).describe('True: such sensors are kept, and never judged.'),
  })
  .superRefine(inOrder)
  .describe('Overrides the limits that the BMC states.');
export type SensorLimits = z.infer<typeof SensorLimits>;

/** The shipped override: processors above 65 °C are warm, above 80 °C too hot. */
export const shippedLimits: z.infer<typeof SensorLimits>[] = [
  { sensors: '*CPU*', kind: 'temperature', warning: 65, critical: 80, ignore: false },
];

/** Polling of BMCs, and of the machine that it runs on. */
export const IpmiConfig = z
  .strictObject({
    ...perServer,
    concurrency: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .default(32)
      .describe('Processes at once, over all servers; one a server at most.'),
    backoffMaxSeconds: seconds(5, 86_400, 600).describe(
      'Longest pause between polls of a server that does not answer.',
    ),
    ipmitool: z.string().min(1).default('ipmitool').describe('Name or path of the program.'),
    freeipmi: z
      .string()
      .optional()
      .describe('Folder of the FreeIPMI programs (ipmi-sensors, ipmi-raw); those on PATH where absent.'),
    servers: z.array(IpmiServer).default([]),
    inventory: z
      .strictObject({
        file: z.string().min(1).optional().describe('YAML, JSON or CSV of servers.'),
        folder: z.string().min(1).optional().describe('Folder of such files.'),
        url: plainUrl.optional().describe('Answers a JSON array of servers, or an object with `servers`.'),
        token: z.string().min(1).optional().describe('Sent to that address as a bearer token.'),
        refreshSeconds: seconds(5, 86_400, 60).describe('How often the address is asked.'),
      })
      .optional()
      .describe('Further servers; read again when it changes.'),
    limits: z.array(SensorLimits).default(shippedLimits),
  })
  .superRefine(({ servers }, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of servers.entries()) {
      if (seen.has(name))
        context.addIssue({
          code: 'custom',
          path: ['servers', index, 'name'],
          message: `there is a server "${name}" already`,
        });
      seen.add(name);
    }
  });
export type IpmiConfig = z.infer<typeof IpmiConfig>;
