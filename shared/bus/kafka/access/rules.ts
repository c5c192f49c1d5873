import { type BusNeeds, busNeeds, topicsOf } from '#shared/access/bus-needs.ts';
import { type Principal, principals } from '#shared/access/index.ts';
import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';

export const resources = ['topic', 'group', 'transactional-id'] as const;
export type Resource = (typeof resources)[number];
export type Operation = 'read' | 'write' | 'describe' | 'describe-configs';

/** One right of one account. `read` and `write` bring `describe` with them, by Kafka's rules. */
export interface Rule {
  readonly principal: Principal;
  readonly resource: Resource;
  /** As the cluster names it, with the installation's prefix; of `prefixed` how it begins. */
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: Operation;
}

/** What each account may do at Kafka, and nothing beyond it; without duplicates, account after account. */
export function kafkaRules(config: Config): Rule[] {
  return principals.flatMap((principal) => rulesOf(principal, config));
}

function rulesOf(principal: Principal, config: Config): Rule[] {
  const prefix = config.kafka?.prefix ?? '';
  const known = new Set(topicSpecs(config).map(({ name }) => name));
  const rules = new Map<string, Rule>();
  const allow = (
    resource: Resource,
    name: string,
    operation: Operation,
    pattern: Rule['pattern'] = 'literal',
  ): void => {
    // dead letters of an input that has none
    if (resource === 'topic' && !known.has(name)) return;
    const key = [resource, name, pattern, operation].join(' ');
    rules.set(key, { principal, resource, name: prefix + name, pattern, operation });
  };
  const needs = busNeeds(principal, config);
  for (const name of [...needs.reads, ...needs.stages.flatMap(({ input, state }) => [input, ...state])])
    allow('topic', name, 'read');
  for (const name of written(needs)) allow('topic', name, 'write');
  if (needs.isPlainProducer !== true)
    for (const name of topicsOf(principal, config)) {
      if (!rules.has(`topic ${name} literal read`) && !rules.has(`topic ${name} literal write`))
        allow('topic', name, 'describe');
      allow('topic', name, 'describe-configs');
    }
  for (const { group, input } of needs.stages) {
    allow('group', group, 'read');
    // one id a partition: `<group>-<topic>-<partition>`
    allow('transactional-id', `${group}-${input}-`, 'write', 'prefixed');
  }
  for (const group of needs.looksAt)
    if (!rules.has(`group ${group} literal read`)) allow('group', group, 'describe');
  for (const id of needs.writers) allow('transactional-id', `writer-${id}`, 'write', 'prefixed');
  return [...rules.values()];
}

function written({ writes, stages }: BusNeeds): string[] {
  return [
    ...writes,
    ...stages.flatMap((stage) => [...stage.state.slice(0, 1), ...stage.writes, deadLetterTopic(stage.input)]),
  ];
}
