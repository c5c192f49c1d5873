import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import { consumerGroups } from '#shared/bus/groups.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { replayGroup } from '#shared/dlq/dead-letters.ts';
import { drillPack, MetricSource } from '#shared/model/index.ts';
import type { Principal } from './principals.ts';

/** A stage that it runs. What its input or a state topic is for need not be said again under `reads`. */
export interface StageNeeds {
  readonly group: string;
  readonly input: string;
  /** As in its definition: the first is its own, which it writes too. */
  readonly state: readonly string[];
  readonly writes: readonly string[];
}

/** What one account does on the bus; topics and groups without the installation's prefix. */
export interface BusNeeds {
  readonly stages: readonly StageNeeds[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** How the ids of its writers begin. */
  readonly writers: readonly string[];
  /** Groups of others whose members or committed offsets it looks at. */
  readonly looksAt: readonly string[];
  /** Writes without a transaction, and looks at no topic's settings: not a program of ours. */
  readonly isPlainProducer?: true;
  /** Looks at the settings of every topic, and not only of those that it reads or writes. */
  readonly looksAtAllTopics?: true;
}

const nothing: BusNeeds = { stages: [], reads: [], writes: [], writers: [], looksAt: [] };

/** Writers of what people do: silences, acknowledgements, preferences, messages that are sent again. */
const deskWriters = ['actions-', 'controls-', 'preferences-', 'queue-replay'];

/**
 * What each account does on the bus with this configuration, and nothing beyond it. The services' code is the source; the tests of
 * Kafka's rights run it with them.
 */
export function busNeeds(principal: Principal, config: Config): BusNeeds {
  const types = Object.keys(config.routes);
  const logs = types.map(topic.logs);
  const readings = MetricSource.options.map(topic.metrics);
  const outboxes = Object.keys(config.channels).map(topic.outbox);
  const operatorOutbox = config.operator.channel === undefined ? [] : [topic.outbox(config.operator.channel)];
  const ipmiLogs = types.includes('ipmi') ? [topic.logs('ipmi')] : [];
  switch (principal) {
    case 'filebeat':
      return { ...nothing, writes: logs, isPlainProducer: true };
    case 'tail':
      return { ...nothing, reads: [topic.positions], writes: [...logs, topic.positions], writers: ['tail-'] };
    case 'ipmi':
      return {
        ...nothing,
        stages: [
          {
            group: 'ipmi',
            input: topic.positions,
            state: [topic.positions],
            writes: [...ipmiLogs, topic.metrics('ipmi')],
          },
        ],
        writes: [topic.metrics('system')],
        writers: ['ipmi-local-'],
      };
    case 'indexer':
      return {
        ...nothing,
        stages: consumerGroups(config)
          .filter(({ service }) => service === 'indexer')
          .map(({ group, input }) => ({ group, input, state: [], writes: [] })),
      };
    case 'analyzer':
      return {
        ...nothing,
        stages: analyzerStages(config),
        // What silences and feedback say, and what sensors read now.
        reads: [topic.controls, ...readings],
        looksAt: readings.map((input) => `indexer-${input}`),
      };
    case 'notifier':
      return {
        ...nothing,
        stages: [
          {
            group: 'notify',
            input: topic.findings,
            state: [topic.groups, topic.findings],
            writes: outboxes,
          },
          ...Object.keys(config.channels).map((channel) => ({
            group: `deliver-${channel}`,
            input: topic.outbox(channel),
            state: [topic.deliveries],
            // A channel that is down gives its messages to another, and the operator's is told of it.
            writes: outboxes,
          })),
        ],
        reads: [topic.controls],
      };
    case 'gateway':
      return {
        ...nothing,
        reads: [
          ...[topic.findings, topic.controls, topic.audit, topic.deliveries],
          ...outboxes,
          ...outboxes.map(deadLetterTopic),
        ],
        writes: [topic.signals, topic.controls, topic.audit, ...outboxes],
        // Of whom the API refuses, for the audit log.
        writers: [...deskWriters, 'refusals-'],
        looksAt: Object.keys(config.channels).map((channel) => `deliver-${channel}`),
      };
    case 'housekeeping': {
      const drills = config.drill.everyMinutes === undefined ? nothing : drillNeeds(config);
      return {
        ...drills,
        stages: [
          {
            group: 'housekeeping',
            input: topic.housekeeping,
            state: [topic.housekeeping],
            writes: [topic.audit, ...operatorOutbox],
          },
        ],
      };
    }
    case 'operator':
      return operatorNeeds(config);
  }
}

function analyzerStages(config: Config): StageNeeds[] {
  const made: Readonly<Record<string, Pick<StageNeeds, 'state' | 'writes'>>> = {
    'hardware-events': { state: [topic.hardware('events')], writes: [topic.signals] },
    correlate: { state: [topic.incidents, topic.baselines], writes: [topic.baselines] },
    reason: { state: [topic.findings], writes: [] },
    ...Object.fromEntries(
      MetricSource.options.map((source) => [
        `hardware-${source}`,
        { state: [topic.hardware(source)], writes: [topic.signals] },
      ]),
    ),
  };
  return consumerGroups(config)
    .filter(({ service }) => service === 'analyzer')
    .map(({ group, input }) => ({
      group,
      input,
      ...(made[group] ?? { state: [], writes: [topic.signals] }),
    }));
}

/** Whoever uses the command line: looks at everything, undoes what went wrong, and does what people do. */
function operatorNeeds(config: Config): BusNeeds {
  const drill = drillNeeds(config);
  const outboxes = Object.keys(config.channels).map(topic.outbox);
  const names = topicSpecs(config).map(({ name }) => name);
  const withDeadLetters = names.filter((name) => names.includes(deadLetterTopic(name)));
  return {
    stages: withDeadLetters.map((name) => ({
      group: replayGroup(name),
      input: deadLetterTopic(name),
      state: [],
      writes: [name],
    })),
    reads: [
      ...[...drill.reads, topic.positions, topic.controls, topic.audit, topic.housekeeping, ...outboxes],
      // How old is what a group has not read yet: doctor's question.
      ...consumerGroups(config).map(({ input }) => input),
    ],
    writes: [...drill.writes, topic.positions, topic.controls, topic.housekeeping, topic.audit],
    writers: [...drill.writers, ...deskWriters, 'ipmi-', 'cli-housekeeping'],
    looksAt: drill.looksAt,
    looksAtAllTopics: true,
  };
}

/** A drill writes one line and looks how far it gets. */
function drillNeeds(config: Config): BusNeeds {
  const { routes, drill } = config;
  const first = Object.keys(routes).find((type) => routes[type]?.packs?.includes(drillPack) ?? true);
  const type = drill.type ?? first;
  const lines = type === undefined ? [] : [topic.logs(type)];
  return {
    ...nothing,
    reads: [
      ...lines,
      ...[topic.signals, topic.incidents, topic.findings, topic.deliveries],
      ...Object.keys(config.channels).map(topic.outbox),
    ],
    writes: lines,
    writers: ['drill-'],
    looksAt: consumerGroups(config).map(({ group }) => group),
  };
}

/** The topics whose settings an account looks at before it begins: those of its own work, or all. */
export function topicsOf(principal: Principal, config: Config): string[] {
  const needs = busNeeds(principal, config);
  const known = topicSpecs(config).map(({ name }) => name);
  if (needs.looksAtAllTopics === true) return known;
  const used = new Set([...needs.reads, ...needs.writes, ...needs.stages.flatMap(topicsOfStage)]);
  return known.filter((name) => used.has(name));
}

/** A record that a stage cannot handle goes to the dead letters of its input, where that has some. */
function topicsOfStage({ input, state, writes }: StageNeeds): string[] {
  return [input, deadLetterTopic(input), ...state, ...writes];
}
