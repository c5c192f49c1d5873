import type { Config } from '#shared/config/index.ts';
import { MetricSource } from '#shared/model/index.ts';
import { topic } from './topics.ts';

/** One consumer group of an installation. */
export interface ConsumerGroup {
  readonly group: string;
  readonly input: string;
  /** The service whose members it has, and the stage where that can run alone. */
  readonly service: 'indexer' | 'analyzer' | 'notifier' | 'ipmi' | 'housekeeping';
  readonly stage?: string;
  /** False where it finds its work otherwise than by its offset, so that there is no lag to speak of. */
  readonly goesByOffset: boolean;
  /** How old what it has not committed may be though all is well, in milliseconds. */
  readonly holdsMs: number;
}

/** Stages fold for a second, and hold findings some seconds for one another. */
const foldMs = 30_000;
/** What is only history of readings is committed every five minutes. */
const readingsMs = 7 * 60_000;

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
  const common = { goesByOffset: true, holdsMs: foldMs };
  const analyzer = (stage: string, group: string, input: string): ConsumerGroup => ({
    ...common,
    ...{ service: 'analyzer', stage, group, input },
  });
  const byTicks = (service: 'ipmi' | 'housekeeping', input: string): ConsumerGroup => ({
    ...common,
    ...{ service, group: service, input, goesByOffset: false },
  });
  const notifier = (stage: string, group: string, input: string): ConsumerGroup => ({
    ...common,
    ...{ service: 'notifier', stage, group, input },
  });
  const hasBmcs = ipmi.servers.length > 0 || ipmi.inventory !== undefined;
  return [
    ...indexed.map((input) => ({
      ...common,
      ...{ service: 'indexer' as const, group: `indexer-${input}`, input },
    })),
    ...types.map((type) => analyzer('detect', `detect-${topic.logs(type)}`, topic.logs(type))),
    ...(types.includes('ipmi') ? [analyzer('hardware', 'hardware-events', topic.logs('ipmi'))] : []),
    ...sources.map((source) => ({
      ...analyzer('hardware', `hardware-${source}`, topic.metrics(source)),
      holdsMs: readingsMs,
    })),
    analyzer('correlate', 'correlate', topic.signals),
    { ...analyzer('reason', 'reason', topic.incidents), goesByOffset: false },
    notifier('notify', 'notify', topic.findings),
    ...Object.keys(channels).map((channel) =>
      notifier('deliver', `deliver-${channel}`, topic.outbox(channel)),
    ),
    ...(hasBmcs ? [byTicks('ipmi', topic.positions)] : []),
    byTicks('housekeeping', topic.housekeeping),
  ];
}
