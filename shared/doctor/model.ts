import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { ollamaHealth } from './ollama.ts';
import { openaiHealth } from './openai.ts';

/** How the model that the configuration names is; undefined where it names none. */
export async function modelHealth({
  ollama,
  openai,
}: Pick<Config, 'ollama' | 'openai'>): Promise<DependencyHealth | undefined> {
  if (ollama !== undefined) return ollamaHealth(ollama);
  return openai === undefined ? undefined : openaiHealth(openai);
}
