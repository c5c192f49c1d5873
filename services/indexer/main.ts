import { topic } from '#shared/bus/topics.ts';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import { stageService } from '#shared/lifecycle/stage-service.ts';
import { AuditEntry, Delivery, Finding, Metric, MetricSource } from '#shared/model/index.ts';
import { logsStage } from './logs-stage.ts';
import { indexerMetrics } from './metrics.ts';
import { modelStage } from './model-stage.ts';

/**
 * Starts the indexer, the only writer of the store: one stage a log type, one a source of readings, one for findings, one for
 * deliveries, one for who did what.
 */
export async function start(runtime: Runtime): Promise<Service> {
  const { bus, config, store } = runtime;
  const metrics = indexerMetrics(runtime.metrics);
  const findings = {
    input: topic.findings,
    schema: Finding,
    save: store.saveFindings.bind(store),
  };
  const deliveries = {
    input: topic.deliveries,
    schema: Delivery,
    save: store.saveDeliveries.bind(store),
  };
  const audit = {
    input: topic.audit,
    schema: AuditEntry,
    save: store.saveAudit.bind(store),
  };
  const readings = MetricSource.options.map((source) => ({
    input: topic.metrics(source),
    schema: Metric,
    save: store.saveMetrics.bind(store),
  }));
  const stages = [
    ...Object.keys(config.routes).map((type) => logsStage(type, { store, metrics })),
    ...readings.map((stage) => modelStage(stage, metrics)),
    modelStage(findings, metrics),
    modelStage(deliveries, metrics),
    modelStage(audit, metrics),
  ];
  return await stageService(
    'indexer',
    stages.map((stage) => () => bus.run(stage)),
    async () => [await bus.health(), await store.health()],
  );
}
