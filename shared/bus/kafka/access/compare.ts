import type { AclEntry } from 'kafkajs';
import { type Principal, principals } from '#shared/access/index.ts';
import type { Config } from '#shared/config/index.ts';
import type { KafkaSettings } from '../client.ts';
import { userName } from './accounts.ts';
import { entryOf, keyOf } from './acls.ts';
import { kafkaRules } from './rules.ts';

/** How the rights of one account differ from what they should be. */
export interface Differences {
  readonly principal: Principal;
  readonly user: string;
  readonly wanted: readonly AclEntry[];
  readonly missing: readonly AclEntry[];
  readonly tooMuch: readonly AclEntry[];
}

/** Compares what the cluster has with the rules, account after account. All that the cluster has of an account is ours. */
export function compareRights(
  config: Config,
  settings: KafkaSettings,
  existing: readonly AclEntry[],
): Differences[] {
  const rules = Map.groupBy(kafkaRules(config), ({ principal }) => principal);
  return principals.map((principal) => {
    const user = userName(principal, settings);
    const wanted = (rules.get(principal) ?? []).map((rule) => entryOf(rule, user));
    const own = existing.filter((entry) => entry.principal === `User:${user}`);
    const has = new Set(own.map(keyOf));
    const should = new Set(wanted.map(keyOf));
    return {
      ...{ principal, user, wanted },
      missing: wanted.filter((entry) => !has.has(keyOf(entry))),
      tooMuch: own.filter((entry) => !should.has(keyOf(entry))),
    };
  });
}
