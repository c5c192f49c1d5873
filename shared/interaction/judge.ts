import type { Config } from '#shared/config/index.ts';
import type { Actor, Finding, PersonAction } from '#shared/model/index.ts';
import type { Refusal } from './wording.ts';

/** What it takes to know whether somebody may do something. */
export interface Wish {
  readonly action: PersonAction;
  readonly by: Actor;
  /** One of `interaction.roles`; absent for who may do everything: who has the token of the API, or the data itself. */
  readonly role?: string | undefined;
  /** To whom it is handed over, where they are known. */
  readonly to: Actor | undefined;
}

/** Whether what a role may do has this action. */
export function isAllowed(
  { interaction }: Pick<Config, 'interaction'>,
  role: string | undefined,
  action: PersonAction,
): boolean {
  if (role === undefined) return true;
  return Object.hasOwn(interaction.roles, role) && (interaction.roles[role]?.includes(action) ?? false);
}

/** Why this cannot be done about this finding; `undefined` where it can. */
export function refusalOf({ action, by, to }: Wish, finding: Finding): Refusal | undefined {
  const isOver = finding.state === 'resolved';
  switch (action) {
    case 'acknowledge':
      if (isOver) return 'over';
      return finding.state === 'acknowledged' && finding.assignee?.id === by.id ? 'already' : undefined;
    case 'resolve':
      return isOver ? 'over' : undefined;
    case 'hand-over':
      if (isOver) return 'over';
      return to === undefined ? 'to' : undefined;
    case 'silence-until-resolved':
      if (isOver) return 'over';
      return finding.pinned === true ? 'pinned' : undefined;
    case 'not-a-problem':
    case 'silence-1h':
    case 'silence-8h':
      return finding.pinned === true ? 'pinned' : undefined;
  }
}
