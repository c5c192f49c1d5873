import { pino } from 'pino';
import type { Registry } from 'prom-client';
import { Patience } from '#services/analyzer/context/patience.ts';
import { correlateMetrics } from '#services/analyzer/correlate/metrics.ts';
import { eventMetrics } from '#services/analyzer/hardware/events/metrics.ts';
import { readingsMetrics } from '#services/analyzer/hardware/readings/metrics.ts';
import { detectMetrics } from '#services/analyzer/metrics.ts';
import { ratesMetrics } from '#services/analyzer/rates/metrics.ts';
import { reasonMetrics } from '#services/analyzer/reason/metrics.ts';
import { RefusalBook } from '#services/gateway/access/refusals.ts';
import { housekeepingMetrics } from '#services/housekeeping/metrics.ts';
import { indexerMetrics } from '#services/indexer/metrics.ts';
import { ipmiMetrics } from '#services/ipmi/metrics.ts';
import { notifierMetrics } from '#services/notifier/metrics.ts';
import { tailMetrics } from '#services/tail/metrics.ts';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { drillMetrics } from '#shared/drill/metrics.ts';
import { runbookMetrics } from '#shared/runbooks/metrics.ts';
import { busMetrics, createRegistry, processInfo } from '#shared/telemetry/index.ts';

/**
 * Every metric of every service, in one registry, made by the services' own modules.
 *
 * @param folder for the bus that one of them wants
 */
export async function everyMetric(folder: string, certificates: Parameters<typeof processInfo>[1] = {}) {
  const registry: Registry = createRegistry();
  const logger = pino({ level: 'silent' });
  const bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1024 * 1024, logger });
  const refusals = new RefusalBook({ bus, logger, registry, clock: Date.now });
  processInfo(registry, certificates);
  const patience = new Patience({ logger, metrics: registry });
  return {
    registry,
    close: () => bus.close(),
    refusals,
    patience,
    bus: busMetrics(registry),
    correlate: correlateMetrics(registry),
    detect: detectMetrics(registry),
    drill: drillMetrics(registry),
    events: eventMetrics(registry),
    housekeeping: housekeepingMetrics(registry),
    indexer: indexerMetrics(registry),
    ipmi: ipmiMetrics(registry),
    notifier: notifierMetrics(registry),
    rates: ratesMetrics(registry),
    readings: readingsMetrics(registry, 'ipmi'),
    reason: reasonMetrics(registry),
    runbooks: runbookMetrics(registry),
    tail: tailMetrics(registry),
  };
}

/** The labels of each metric by its name, as Prometheus sees it. */
export function labelsByMetric(registry: Registry): Map<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>();
  for (const { name, type } of registry.getMetricsAsArray()) {
    const own: unknown = Reflect.get(registry.getSingleMetric(name) ?? {}, 'labelNames');
    const names = Array.isArray(own) ? own.map(String) : [];
    const isHistogram = String(type) === 'histogram';
    if (!isHistogram) labels.set(name, names);
    else {
      labels.set(`${name}_bucket`, [...names, 'le']);
      for (const end of ['_sum', '_count']) labels.set(name + end, names);
    }
  }
  return labels;
}

/** What Prometheus adds to every series. */
const ofTargets = ['job', 'instance', 'service'];

/** Metrics and labels of an expression that no service has; empty where all is well. */
export function unknownIn(expression: string, labels: ReadonlyMap<string, readonly string[]>): string[] {
  const unknown: string[] = [];
  const known = new Set(ofTargets);
  for (const [, name = '', matchers = ''] of expression.matchAll(
    /\b((?:logpatrol|nodejs|process)_[a-z0-9_]+)\b(?:\{([^}]*)\})?/g,
  )) {
    const own = labels.get(name);
    if (own === undefined) {
      unknown.push(name);
      continue;
    }
    for (const label of own) known.add(label);
    for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (!own.includes(label) && !ofTargets.includes(label)) unknown.push(`${name}{${label}}`);
  }
  for (const [, list = ''] of expression.matchAll(/\b(?:by|on|without)\s*\(([^)]*)\)/g))
    for (const label of list.split(',').map((part) => part.trim()))
      if (label !== '' && !known.has(label)) unknown.push(`by (${label})`);
  return unknown;
}
