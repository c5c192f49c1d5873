import type { Logger } from 'pino';
import { openAssets } from '#shared/assets/index.ts';
import type { DependencyHealth, Member } from '#shared/bus/port.ts';
import { type ControlBoard, mutedBy, openControlBoard } from '#shared/controls/index.ts';
import { modelHealth } from '#shared/doctor/model.ts';
import { type Runtime, type Service, stageService } from '#shared/lifecycle/index.ts';
import { MetricSource } from '#shared/model/index.ts';
import { openRunbooks } from '#shared/runbooks/index.ts';
import { openContextSources } from './context/index.ts';
import { correlateStage, type Judge } from './correlate/index.ts';
import { detectStage, domainFor, loadRules, type RuleSet } from './detect/index.ts';
import { hardwareEventsStage, readingsStage } from './hardware/index.ts';
import { openMachineBoard } from './machines/index.ts';
import { detectMetrics } from './metrics.ts';
import { ratesSource, readHistory } from './rates/index.ts';
import { ollamaEmbedder, reasonStage } from './reason/index.ts';
import { checkRoutePacks } from './route-packs.ts';
import { openTopology } from './topology/index.ts';

export interface AnalyzerOptions {
  /** Which of its stages run here. Default: all of them. */
  readonly stages?: readonly ('detect' | 'hardware' | 'correlate' | 'reason')[];
}

/**
 * Starts the analyzer: detect reads each log type and hardware what BMCs say, correlate folds their signals into incidents, reason makes
 * findings of them.
 *
 * @throws LogpatrolError `invalid-config` where a rule pack is wrong
 */
export async function start(runtime: Runtime, options: AnalyzerOptions = {}): Promise<Service> {
  const { config, bus, metrics } = runtime;
  const { stages = ['detect', 'hardware', 'correlate', 'reason'] } = options;
  const logger = runtime.logger.child({ service: { name: 'analyzer' } });
  const starts: (() => Promise<Member>)[] = [];
  const rules = await rulesFor(runtime, stages, logger);
  if (rules !== undefined && stages.includes('hardware') && config.routes.ipmi !== undefined)
    starts.push(() => bus.run(hardwareEventsStage({ config, rules, logger, metrics })));
  if (stages.includes('hardware'))
    for (const source of MetricSource.options)
      starts.push(() => bus.run(readingsStage({ source, config, logger, metrics })));
  if (rules !== undefined && stages.includes('detect')) {
    const observe = detectMetrics(metrics);
    for (const type of Object.keys(config.routes))
      starts.push(() => bus.run(detectStage({ type, config, rules, observe })));
  }
  await using opening = new AsyncDisposableStack();
  const needsControls = stages.includes('correlate') || stages.includes('reason');
  const board = needsControls ? await openBoard(runtime, logger, opening) : undefined;
  if (board !== undefined && stages.includes('correlate')) {
    const judge: Judge = (facts, now) => mutedBy(facts, board.all(), config.maintenance, now);
    const topology = topologyOf(runtime, logger, opening);
    const sources = config.rates.enabled ? [await rates(runtime, logger)] : [];
    starts.push(() =>
      bus.run(correlateStage({ config, logger, metrics, judge, sources, ...(topology && { topology }) })),
    );
  }
  if (board !== undefined && stages.includes('reason')) {
    const sources = await contextSources(runtime, logger, board, opening);
    starts.push(() => bus.run(reasonStage({ config, logger, metrics, sources, controls: board })));
  }
  const readiness = async (): Promise<DependencyHealth[]> => {
    const health = [await bus.health()];
    const model = stages.includes('reason') ? await modelHealth(config) : undefined;
    // An absent model keeps no finding back, so that it is shown and does not make the analyzer unready.
    return model === undefined ? health : [...health, { ...model, ok: true }];
  };
  const service = await stageService('analyzer', starts, readiness);
  const opened = opening.move();
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await opened.disposeAsync();
    },
  };
}

/** The rule packs, for the stages that look at lines. */
async function rulesFor(
  { config }: Runtime,
  stages: readonly string[],
  logger: Logger,
): Promise<RuleSet | undefined> {
  if (!stages.includes('detect') && !stages.includes('hardware')) return undefined;
  const rules = await loadRules({ ...config.rules, language: config.language });
  checkRoutePacks(config.routes, rules.packs);
  for (const warning of rules.warnings) logger.warn(`rule ${warning}`);
  return rules;
}

/** What is usual of each kind of line. */
async function rates({ config, metrics }: Runtime, logger: Logger) {
  const histories = await Promise.all(config.rates.history.map(readHistory));
  const domainOf = (type: string, service: string) => domainFor(config.domains, type, service).name;
  return ratesSource({ config, logger, metrics, histories, domainOf });
}

async function openBoard({ bus }: Runtime, logger: Logger, opening: AsyncDisposableStack) {
  return opening.adopt(await openControlBoard({ bus, logger }), (board) => board.close());
}

function topologyOf({ config }: Runtime, logger: Logger, opening: AsyncDisposableStack) {
  const { topology: file } = config;
  if (file === undefined) return undefined;
  return opening.adopt(openTopology({ file, logger }), (topology) => topology.close());
}

/** What reason is told of an incident besides itself. */
async function contextSources(
  { config, bus, store, metrics }: Runtime,
  logger: Logger,
  controls: ControlBoard,
  opening: AsyncDisposableStack,
) {
  const embedder = ollamaEmbedder(config);
  const runbooks = opening.adopt(await openRunbooks({ config, logger, metrics, embedder }), (each) =>
    each.close(),
  );
  const assets =
    config.assets &&
    opening.adopt(openAssets({ config: config.assets, logger, metrics }), (each) => each.close());
  const machines = opening.adopt(
    openMachineBoard({ bus, logger, megabytes: config.hardware.megabytes }),
    (board) => board.close(),
  );
  return openContextSources({ config, runbooks, assets, machines, store, controls, logger, metrics });
}
