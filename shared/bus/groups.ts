import type { Config } from '#shared/config/index.ts';
import { MetricSource } from '#shared/model/index.ts';
import { topic } from './topics.ts';

/** One consumer group of an installation. */
export interface ConsumerGroup {
  readonly group: string;
  readonly input: string;
  /** The service whose members it has, and the stage where that can run alone. */
  readonly service: 'indexer' | 'analyzer' | 'notifier' | 'ipmi';
  readonly stage?: string;
  /** False where it finds its work otherwise than by its offset, so that there is no lag to speak of. */
  readonly goesByOffset: boolean;
}

/** Every consumer group that an installation with this configuration has when all its services run. */
export function consumerGroups({ routes, channels, ipmi }: Config): ConsumerGroup[] {
  const types = Object.keys(routes);
  const sources = MetricSource.options;
  const indexed = [
    ...types.map(topic.logs),
    ...sources.map(topic.metrics),
    topic.findings,
    topic.deliveries,
    topic.audit,
  ];
  const analyzer = (stage: string, group: string, input: string, goesByOffset = true): ConsumerGroup => ({
    ...{ service: 'analyzer', stage, group, input, goesByOffset },
  });
  const hasBmcs = ipmi.servers.length > 0 || ipmi.inventory !== undefined;
  return [
    ...indexed.map((input) => ({
      ...{ service: 'indexer' as const, group: `indexer-${input}`, input, goesByOffset: true },
    })),
    ...types.map((type) => analyzer('detect', `detect-${topic.logs(type)}`, topic.logs(type))),
    ...(types.includes('ipmi') ? [analyzer('hardware', 'hardware-events', topic.logs('ipmi'))] : []),
    ...sources.map((source) => analyzer('hardware', `hardware-${source}`, topic.metrics(source))),
    analyzer('correlate', 'correlate', topic.signals),
    analyzer('reason', 'reason', topic.incidents, false),
    {
      ...{ service: 'notifier', stage: 'notify', group: 'notify', input: topic.findings, goesByOffset: true },
    },
    ...Object.keys(channels).map((channel) => ({
      ...{ service: 'notifier' as const, stage: 'deliver', goesByOffset: true },
      ...{ group: `deliver-${channel}`, input: topic.outbox(channel) },
    })),
    ...(hasBmcs
      ? [{ service: 'ipmi' as const, group: 'ipmi', input: topic.positions, goesByOffset: false }]
      : []),
  ];
}
