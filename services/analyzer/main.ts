import type { Logger } from 'pino';
import type { DependencyHealth, Member } from '#shared/bus/port.ts';
import { mutedBy, openControlBoard } from '#shared/controls/index.ts';
import { modelHealth } from '#shared/doctor/index.ts';
import { type Runtime, type Service, stageService } from '#shared/lifecycle/index.ts';
import { correlateStage, type Judge } from './correlate/index.ts';
import { detectStage, domainFor, loadRules } from './detect/index.ts';
import { detectMetrics } from './metrics.ts';
import { ratesSource, readHistory } from './rates/index.ts';
import { reasonStage } from './reason/index.ts';
import { checkRoutePacks } from './route-packs.ts';
import { openTopology } from './topology/index.ts';

export interface AnalyzerOptions {
  /** Which of its stages run here. Default: all three. */
  readonly stages?: readonly ('detect' | 'correlate' | 'reason')[];
}

/**
 * Starts the analyzer: detect reads each log type, correlate folds its signals into incidents, reason makes findings of them.
 *
 * @throws LogpatrolError `invalid-config` where a rule pack is wrong
 */
export async function start(runtime: Runtime, options: AnalyzerOptions = {}): Promise<Service> {
  const { config, bus, metrics } = runtime;
  const { stages = ['detect', 'correlate', 'reason'] } = options;
  const logger = runtime.logger.child({ service: { name: 'analyzer' } });
  const starts: (() => Promise<Member>)[] = [];
  if (stages.includes('detect')) {
    const rules = await loadRules({ ...config.rules, language: config.language });
    checkRoutePacks(config.routes, rules.packs);
    for (const warning of rules.warnings) logger.warn(`rule ${warning}`);
    const observe = detectMetrics(metrics);
    for (const type of Object.keys(config.routes))
      starts.push(() => bus.run(detectStage({ type, config, rules, observe })));
  }
  const sources = stages.includes('correlate') && config.rates.enabled ? [await rates(runtime, logger)] : [];
  const surroundings = stages.includes('correlate') ? await openSurroundings(runtime, logger) : undefined;
  if (surroundings !== undefined) {
    const { judge, topology } = surroundings;
    starts.push(() =>
      bus.run(correlateStage({ config, logger, metrics, judge, sources, ...(topology && { topology }) })),
    );
  }
  if (stages.includes('reason')) starts.push(() => bus.run(reasonStage({ config, logger, metrics })));
  const readiness = async (): Promise<DependencyHealth[]> => {
    const health = [await bus.health()];
    const model = stages.includes('reason') ? await modelHealth(config) : undefined;
    // An absent model keeps no finding back, so that it is shown and does not make the analyzer unready.
    return model === undefined ? health : [...health, { ...model, ok: true }];
  };
  try {
    const service = await stageService('analyzer', starts, readiness);
    return {
      ...service,
      stop: async () => {
        await service.stop();
        await surroundings?.close();
      },
    };
  } catch (error) {
    await surroundings?.close();
    throw error;
  }
}

/** What is usual of each kind of line. */
async function rates({ config, metrics }: Runtime, logger: Logger) {
  const histories = await Promise.all(config.rates.history.map(readHistory));
  const domainOf = (type: string, service: string) => domainFor(config.domains, type, service).name;
  return ratesSource({ config, logger, metrics, histories, domainOf });
}

/** What correlation judges incidents by: controls, maintenance windows and the topology. */
async function openSurroundings({ config, bus }: Runtime, logger: Logger) {
  const topology =
    config.topology === undefined ? undefined : openTopology({ file: config.topology, logger });
  try {
    const board = await openControlBoard({ bus, logger });
    const judge: Judge = (facts, now) => mutedBy(facts, board.all(), config.maintenance, now);
    return {
      judge,
      topology,
      close: async () => {
        board.close();
        await topology?.close();
      },
    };
  } catch (error) {
    await topology?.close();
    throw error;
  }
}
