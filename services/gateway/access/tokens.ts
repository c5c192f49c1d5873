import { isSameSecret } from '#shared/access/index.ts';
import { apiRoles, type Config } from '#shared/config/index.ts';
import type { Caller } from './caller.ts';

/** Who has this token of the configuration; each one is compared, so that the time taken says nothing of which it was. */
export function callerOfToken(
  { token, tokens }: Pick<Config['http'], 'token' | 'tokens'>,
  sent: string,
): Caller | undefined {
  let found: Caller | undefined;
  for (const { name, token: known, role } of tokens)
    if (isSameSecret(sent, known)) found = { account: `token:${name}`, roles: [role] };
  if (token !== undefined && isSameSecret(sent, token))
    found = { account: 'http.token', roles: [apiRoles.admin] };
  return found;
}
