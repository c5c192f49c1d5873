import type { Config } from '#shared/config/index.ts';
import { Library } from '#shared/runbooks/library.ts';
import { reviewRunbooks } from '#shared/runbooks/load.ts';
import { loadRules } from '../detect/index.ts';
import type { Setting } from './ask.ts';

/**
 * What scenarios are run with: the rules and runbooks of the configuration.
 *
 * @throws LogpatrolError `invalid-config` where a rule pack has mistakes
 */
export async function openSetting(config: Config): Promise<Setting> {
  const [zh, en, { runbooks }] = await Promise.all([
    loadRules({ ...config.rules, language: 'zh-CN' }),
    loadRules({ ...config.rules, language: 'en' }),
    reviewRunbooks(config.runbooks),
  ]);
  return {
    config,
    rules: { 'zh-CN': zh, en },
    runbooks: await Library.of(runbooks),
  };
}

/** The configuration with another model of the same server. */
export function withModel(config: Config, model: string): Config {
  return {
    ...config,
    ...(config.ollama && { ollama: { ...config.ollama, model } }),
    ...(config.openai && { openai: { ...config.openai, model } }),
  };
}
