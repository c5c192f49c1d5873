import type { Config } from '#shared/config/index.ts';
import { isAtLeast, type Mention, type Preference, type Severity } from '#shared/model/index.ts';

export type PeopleSettings = Pick<Config, 'people' | 'teams'>;

/** What people and teams have said themselves, by key of `people` or `teams`. */
export type Preferences = ReadonlyMap<string, Preference>;

/** Whether somebody wants to be told, and from which severity; and who says so. */
export interface Wish {
  readonly tell: boolean;
  readonly from: Severity;
  readonly source: 'configuration' | 'preference';
}

/** Somebody who is meant by a route. */
export interface Meant {
  /** Key of `people`. */
  readonly who: string;
  readonly name: string;
  /** The team that they are meant by, if any. */
  readonly team?: string;
  readonly isTold: boolean;
  /** One short sentence. */
  readonly why: string;
  readonly mention: Mention;
  /** Their own channel. */
  readonly channel?: string;
}

/** What the person or team wants: what they have said, over what the configuration says of them. */
export function wishOf(who: string, settings: PeopleSettings, preferences: Preferences): Wish | undefined {
  const configured = settings.people[who] ?? settings.teams[who];
  if (configured === undefined) return undefined;
  const said = preferences.get(who);
  if (said === undefined) return { tell: configured.tell, from: configured.from, source: 'configuration' };
  return { tell: said.tell, from: said.from ?? configured.from, source: 'preference' };
}

/**
 * Everybody whom these people and teams are, each once, and whether they are told of something of this severity: a team's wish and
 * each member's own must both allow it. Who is meant twice is told where either way allows it. Names of nobody are passed over.
 */
export function meantBy(
  names: readonly string[],
  severity: Severity,
  settings: PeopleSettings,
  preferences: Preferences,
): Meant[] {
  const found = new Map<string, Meant>();
  const offer = (who: string, team?: string): void => {
    const person = settings.people[who];
    const wish = wishOf(who, settings, preferences);
    if (person === undefined || wish === undefined || found.get(who)?.isTold === true) return;
    const ofTeam = team === undefined ? undefined : wishOf(team, settings, preferences);
    const refusal =
      (ofTeam && refusalOf(`team ${team}`, ofTeam, severity)) ?? refusalOf(person.name, wish, severity);
    const { name, feishu, channel } = person;
    found.set(who, {
      who,
      name,
      ...(team !== undefined && { team }),
      isTold: refusal === undefined,
      why: refusal ?? `${severity} is what they want to be told of`,
      mention: { name, ...(feishu !== undefined && { feishu }) },
      ...(channel !== undefined && { channel }),
    });
  };
  for (const name of names)
    if (settings.people[name] !== undefined) offer(name);
    else for (const member of settings.teams[name]?.members ?? []) offer(member, name);
  return [...found.values()];
}

function refusalOf(whose: string, { tell, from, source }: Wish, severity: Severity): string | undefined {
  const by = source === 'preference' ? 'their own preference' : 'the configuration';
  if (!tell) return `${whose} is not to be told (${by})`;
  if (isAtLeast(severity, from)) return undefined;
  return `${whose} is told from ${from} on (${by}), and this is ${severity}`;
}
