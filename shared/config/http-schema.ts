import { isIP } from 'node:net';
import { z } from 'zod';
import { pemFile, plainUrl } from './values.ts';

/** A secret that is sent as `Authorization: Bearer …`. */
const bearerToken = z
  .string()
  .min(16, 'use at least 16 characters')
  .regex(/^[\x21-\x7e]*$/, 'use printable ASCII without spaces');

const NamedToken = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/, 'use letters, digits, . _ @ - (63 at most)')
    .describe('Who has it; the audit log names it.'),
  token: bearerToken,
  role: z.string().min(1).max(63).describe('One of interaction.roles, `auditor` or `admin`.'),
});

/** Whoever can read what is sent to the issuer can be anybody: in the clear only on this machine. */
const issuerUrl = plainUrl.refine((url) => {
  const { protocol, hostname } = URL.parse(url) ?? {};
  return protocol === 'https:' || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname ?? '');
}, 'use https');

const OidcConfig = z.strictObject({
  issuer: issuerUrl.describe('As its tokens name it (`iss`); its keys are found by discovery below it.'),
  audience: z.string().min(1).max(512).describe('What a token must be for (`aud`).'),
  nameClaim: z
    .string()
    .min(1)
    .max(200)
    .default('preferred_username')
    .describe('The claim that says who somebody is: a key of people, or any name. `sub` where it is absent.'),
  rolesClaim: z
    .string()
    .min(1)
    .max(200)
    .default('roles')
    .describe('The claim with their roles or groups; dots go into objects, as realm_access.roles.'),
  roles: z
    .record(z.string().min(1).max(200), z.string().min(1).max(63))
    .describe(
      'Value of that claim → one of interaction.roles, `auditor` or `admin`. Who has none of them may nothing.',
    ),
});
export type OidcConfig = z.infer<typeof OidcConfig>;

/** One address, or a block of them: 10.0.0.0/8, fd00::/8. */
const addressBlock = z.string().refine((text) => {
  const [address = '', bits, ...others] = text.split('/');
  const family = isIP(address);
  if (family === 0 || others.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}, 'use an address or a block as 10.0.0.0/8');

const perMinute = (fallback: number) => z.number().int().min(1).max(1_000_000).default(fallback);

/** What logpatrol answers over HTTP, and to whom. */
export const HttpConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(8630).describe('0 takes any free port.'),
  token: bearerToken
    .optional()
    .describe(
      'A secret whose owner may do everything over HTTP; without it, tokens and oidc only this machine may.',
    ),
  tokens: z.array(NamedToken).max(1000).default([]).describe('Further ones, each with a name and a role.'),
  oidc: OidcConfig.optional().describe('An issuer whose tokens are accepted too.'),
  metricsToken: bearerToken
    .optional()
    .describe(
      'A secret that is needed for /metrics and for the details of /readyz; without it both are open.',
    ),
  trustedProxies: z
    .array(addressBlock)
    .max(1000)
    .default([])
    .describe('Reverse proxies whose X-Forwarded-For is believed, as addresses or blocks.'),
  limits: z
    .strictObject({
      perAddress: perMinute(600).describe('Requests a minute from one address, to the API and to /feishu.'),
      perCaller: perMinute(600).describe('Requests a minute of one token or person to the API.'),
    })
    .prefault({}),
  publicUrl: plainUrl
    .optional()
    .describe("Where people's browsers reach the gateway: what the links on cards begin with."),
  tls: z
    .strictObject({
      certificateFile: pemFile.describe('The certificate and the chain above it.'),
      keyFile: pemFile,
    })
    .optional()
    .describe('Serves HTTPS alone; files that change are taken without a restart.'),
  linkKey: z
    .string()
    .min(16, 'use at least 16 characters')
    .optional()
    .describe('A secret that signs the links on cards; the same in every process.'),
});
