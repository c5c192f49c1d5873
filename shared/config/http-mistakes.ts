import { z } from 'zod';
import type { Path } from './mistake.ts';

/** What of `http` must agree with itself and with the roles, read leniently, as in `CrossFieldView`. */
export const HttpAccessView = z
  .object({
    token: z.unknown(),
    tokens: z
      .array(z.object({ name: z.unknown(), token: z.unknown(), role: z.unknown() }).partial().catch({}))
      .optional()
      .catch(undefined),
    oidc: z
      .object({ roles: z.record(z.string(), z.unknown()).optional().catch(undefined) })
      .optional()
      .catch(undefined),
    metricsToken: z.unknown(),
    publicUrl: z.unknown(),
    linkKey: z.unknown(),
  })
  .partial();
export type HttpAccessView = z.infer<typeof HttpAccessView>;

/** Roles at the API besides those of `interaction.roles`: who may do everything, and who may read the audit log alone. */
export const apiRoles = { admin: 'admin', auditor: 'auditor' } as const;

/** Roles that there are not, names and tokens that stand for two. @param roles those of `interaction.roles` */
export function httpAccessMistakes(
  { token, tokens = [], oidc, metricsToken }: HttpAccessView,
  roles: readonly string[],
): { path: Path; message: string }[] {
  const found: { path: Path; message: string }[] = [];
  const known = [...roles, ...Object.values(apiRoles)];
  const check = (role: unknown, path: Path): void => {
    if (typeof role === 'string' && !known.includes(role))
      found.push({ path, message: `there is no role "${role}"; there are ${known.join(', ')}` });
  };
  const names = new Set<unknown>();
  const secrets = new Set([token, metricsToken]);
  for (const [index, one] of tokens.entries()) {
    const path = ['http', 'tokens', index];
    check(one.role, [...path, 'role']);
    if (typeof one.name === 'string' && names.has(one.name))
      found.push({ path: [...path, 'name'], message: `there is another token named "${one.name}"` });
    if (typeof one.token === 'string' && secrets.has(one.token))
      found.push({ path: [...path, 'token'], message: 'is another token too; give each one of its own' });
    names.add(one.name);
    secrets.add(one.token);
  }
  if (typeof token === 'string' && token === metricsToken)
    found.push({ path: ['http', 'metricsToken'], message: 'is http.token too; give each one of its own' });
  for (const [value, role] of Object.entries(oidc?.roles ?? {}))
    check(role, ['http', 'oidc', 'roles', value]);
  return found;
}
