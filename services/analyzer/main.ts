import type { Member } from '#shared/bus/port.ts';
import { ollamaHealth } from '#shared/doctor/index.ts';
import { type Runtime, type Service, stageService } from '#shared/lifecycle/index.ts';
import { correlateStage } from './correlate/index.ts';
import { detectStage, loadRules } from './detect/index.ts';
import { detectMetrics } from './metrics.ts';
import { reasonStage } from './reason/index.ts';
import { checkRoutePacks } from './route-packs.ts';

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
  if (stages.includes('correlate')) starts.push(() => bus.run(correlateStage({ config, logger, metrics })));
  if (stages.includes('reason')) starts.push(() => bus.run(reasonStage({ config, logger, metrics })));
  const { ollama } = config;
  return stageService('analyzer', starts, async () => {
    const health = [await bus.health()];
    if (ollama === undefined || !stages.includes('reason')) return health;
    // An absent model keeps no finding back, so that it is shown and does not make the analyzer unready.
    return [...health, { ...(await ollamaHealth(ollama)), ok: true }];
  });
}
