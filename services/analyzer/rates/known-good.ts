import type { History } from './history.ts';

/** What it takes to know whether an incident is known as good. */
export interface KnownGoodFacts {
  readonly fingerprint: string;
  readonly rule: string;
  readonly service: string;
  readonly pinned: boolean;
  /** Its lines so far. */
  readonly count?: number | undefined;
}

const catchAllPacks = new Set(['generic', 'chinese']);

/** Whether a rule takes any line of a level: that one of its findings is good says nothing of another. */
export function isCatchAll(rule: string): boolean {
  return catchAllPacks.has(rule.split('.', 1)[0] ?? '');
}

/**
 * Whether the known-good logs have an incident of the same kind with as many lines: the same fingerprint, or another of the same rule and
 * service where the rule says which failure it is.
 */
export function createKnownGood(history: Pick<History, 'hits'>): (facts: KnownGoodFacts) => boolean {
  const most = new Map<string, number>();
  const raise = (key: string, count: number) => most.set(key, Math.max(most.get(key) ?? 0, count));
  for (const hit of history.hits) {
    raise(`${hit.fingerprint} ${hit.rule} ${hit.service}`, hit.most);
    if (!isCatchAll(hit.rule)) raise(`${hit.rule} ${hit.service}`, hit.most);
  }
  return ({ fingerprint, rule, service, pinned, count = 1 }) =>
    !pinned &&
    count <=
      Math.max(most.get(`${fingerprint} ${rule} ${service}`) ?? 0, most.get(`${rule} ${service}`) ?? 0);
}
