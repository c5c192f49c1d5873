import type { Config } from '#shared/config/index.ts';
import { MetricSource } from '#shared/model/index.ts';
import { deadLetterTopic } from './dead-letter.ts';
import type { TopicSpec } from './port.ts';

/** Names of the topics with fixed names. The others are `logs.<type>`, `outbox.<channel>` and `dlq.<topic>`. */
export const topic = {
  signals: 'signals',
  incidents: 'incidents',
  findings: 'findings',
  groups: 'groups',
  deliveries: 'deliveries',
  positions: 'positions',
  controls: 'controls',
  audit: 'audit',
  /** State of the service housekeeping: when each of its jobs ran, and how it went. */
  housekeeping: 'housekeeping',
  baselines: 'baselines',
  /** State of the stages `hardware`: what is known of each machine by its events (`events`), or by the readings of one source. */
  hardware: (part: 'events' | MetricSource): string => `hardware.${part}`,
  logs: (type: string): string => `logs.${type}`,
  metrics: (source: MetricSource): string => `metrics.${source}`,
  outbox: (channel: string): string => `outbox.${channel}`,
} as const;

const metricSources = MetricSource.options;
const day = 24 * 60 * 60 * 1000;
const mebibyte = 1024 * 1024;

/** A log line of 2 MB and its envelope fit; also what a finding with its exemplars may need. */
const maxRecordBytes = 4 * mebibyte;

/** A card can be updated for so long (Feishu: 14 days), and a day or two more to be told so; its id is known from its Delivery. */
const cardDays = 16;

/** Every topic that an installation with this configuration needs, as it must be. */
export function topicSpecs(config: Config): TopicSpec[] {
  const domains = Math.max(...config.domains.map((domain) => domain.partition)) + 1;
  const log = (name: string, partitions: number, retentionMs: number): TopicSpec => ({
    name,
    partitions,
    cleanup: 'delete',
    retentionMs,
    maxRecordBytes,
  });
  const compacted = (name: string, partitions: number): TopicSpec => ({
    name,
    partitions,
    cleanup: 'compact',
    maxRecordBytes,
  });
  const consumed = [
    ...Object.entries(config.routes).map(([type, route]) =>
      log(topic.logs(type), route.partitions, config.retention.logsDays * day),
    ),
    ...metricSources.map((source) =>
      log(topic.metrics(source), config.hardware.partitions, config.retention.logsDays * day),
    ),
    log(topic.signals, domains, 3 * day),
    compacted(topic.incidents, domains),
    compacted(topic.findings, domains),
    ...Object.keys(config.channels).map((channel) => log(topic.outbox(channel), 1, 7 * day)),
    log(topic.audit, 1, 90 * day),
    compacted(topic.housekeeping, 1),
    { ...compacted(topic.deliveries, 1), cleanup: 'compact,delete' as const, retentionMs: cardDays * day },
  ];
  const kept = [
    compacted(topic.groups, domains),
    compacted(topic.positions, 1),
    compacted(topic.controls, 1),
    compacted(topic.baselines, domains),
    compacted(topic.hardware('events'), config.routes.ipmi?.partitions ?? 1),
    ...metricSources.map((source) => compacted(topic.hardware(source), config.hardware.partitions)),
  ];
  const dead = consumed.map((spec) => log(deadLetterTopic(spec.name), spec.partitions, 14 * day));
  return [...consumed, ...kept, ...dead];
}
