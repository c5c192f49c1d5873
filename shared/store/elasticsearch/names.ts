import { MetricSource } from '#shared/model/index.ts';

/** Names of what one installation has in Elasticsearch; all of them end in its namespace. */
export interface Names {
  readonly findings: string;
  readonly deliveries: string;
  readonly audit: string;
  readonly runbooks: string;
  /** Time series of what sensors of a source say. */
  metrics(source: MetricSource): string;
  /** What the time series does not take, such as readings from before it began. */
  readonly lateMetrics: string;
  readonly statuses: string;
  /** Data stream of a log type. */
  logs(type: string): string;
  /** The log type of a document, from the name of the backing index that it was found in. */
  typeOf(index: string): string;
  /** An object made from an asset: a policy, a template, a pipeline. */
  asset(name: string): string;
}

/** What may stand in the name of a data stream as its type; the configuration's routes are held to the same. */
export function isTypeName(type: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(type);
}

export function namesIn(namespace: string): Names {
  const prefix = '.ds-logs-';
  return {
    findings: `findings-${namespace}`,
    deliveries: `deliveries-${namespace}`,
    audit: `audit-${namespace}`,
    runbooks: `runbooks-${namespace}`,
    metrics: (source) => `metrics-logpatrol.${source}-${namespace}`,
    lateMetrics: `metrics-logpatrol.late-${namespace}`,
    statuses: `metrics-logpatrol.status-${namespace}`,
    logs: (type) => `logs-${type}-${namespace}`,
    typeOf: (index) => {
      // .ds-logs-<type>-<namespace>-2026.11.21-000001
      const end = index.lastIndexOf(`-${namespace}-`);
      return index.startsWith(prefix) && end > prefix.length ? index.slice(prefix.length, end) : '';
    },
    asset: (name) => `logpatrol-${name}-${namespace}`,
  };
}

/** Every data stream of readings and statuses. */
export function metricStreams(names: Names): string[] {
  return [...MetricSource.options.map((source) => names.metrics(source)), names.lateMetrics, names.statuses];
}
