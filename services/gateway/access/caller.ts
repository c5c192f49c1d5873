import { apiRoles, type Config } from '#shared/config/index.ts';
import { isAllowed } from '#shared/interaction/index.ts';
import type { PersonAction } from '#shared/model/index.ts';

/** Who asks the API. */
export interface Caller {
  /** What the audit log calls them: `http.token`, `token:<name>`, `oidc:<sub>`; absent: a person on this machine. */
  readonly account?: string;
  /** Of `interaction.roles`, `auditor`, `admin`; what any of them may do they may. */
  readonly roles: readonly string[];
  /** Who it is, where that is proved: all that they do is done in this name, whatever they say. */
  readonly person?: string;
}

/**
 * What a request needs: to `read` is for every role but `auditor`, `audit` for `auditor`; `act` is for roles that may do something about an
 * incident, and a `PersonAction` for those that may do that. `admin` may everything.
 */
export type Need = 'read' | 'audit' | 'act' | 'admin' | PersonAction;

/** Whether a caller may do what needs this. */
export function isEntitled(
  { interaction }: Pick<Config, 'interaction'>,
  { roles }: Caller,
  need: Need,
): boolean {
  return roles.some((role) => {
    if (role === apiRoles.admin) return true;
    if (need === 'admin') return false;
    if (role === apiRoles.auditor) return need === 'audit';
    if (need === 'audit' || !Object.hasOwn(interaction.roles, role)) return false;
    if (need === 'read') return true;
    const actions = interaction.roles[role] ?? [];
    return need === 'act' ? actions.length > 0 : actions.includes(need);
  });
}

/** The one of a caller's roles that counts for an action about an incident; `undefined`: they may do everything. */
export function roleFor(
  config: Pick<Config, 'interaction'>,
  { roles }: Caller,
  action: PersonAction,
): string | undefined {
  if (roles.includes(apiRoles.admin)) return undefined;
  return roles.find((role) => isAllowed(config, role, action)) ?? roles[0] ?? '';
}
