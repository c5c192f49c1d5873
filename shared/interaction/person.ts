import type { Config } from '#shared/config/index.ts';
import type { Actor } from '#shared/model/index.ts';

/** Who somebody is, and what they may do. */
export interface Person {
  readonly actor: Actor;
  /** One of `interaction.roles`. */
  readonly role: string;
}

/** So much of an id of the platform as a reader can compare. */
const shortLength = 10;

/**
 * Who clicked, by their open_id: who stands under it in `people`, else somebody who is called by the beginning of it and has the role
 * of people who are not listed.
 */
export function personByFeishu(
  { people, interaction }: Pick<Config, 'people' | 'interaction'>,
  openId: string,
): Person {
  for (const [id, { name, role, feishu }] of Object.entries(people))
    if (feishu === openId) return { actor: { id, name }, role };
  const name = openId.length > shortLength ? `${openId.slice(0, shortLength)}…` : openId;
  return { actor: { id: openId.slice(0, 200), name }, role: interaction.defaultRole };
}

/** Somebody of `people` by their key; `undefined` where nobody is called that. */
export function actorOf({ people }: Pick<Config, 'people'>, key: string): Actor | undefined {
  const person = Object.hasOwn(people, key) ? people[key] : undefined;
  return person === undefined ? undefined : { id: key, name: person.name };
}
