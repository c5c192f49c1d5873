import type { Config } from '#shared/config/index.ts';
import type { ReasoningModel } from '../model.ts';
import { ollamaModel } from './ollama.ts';
import { openaiModel } from './openai.ts';

export { ollamaEmbedder } from './ollama-embedder.ts';

/**
 * The model that the configuration names; undefined where it names none.
 *
 * @param warn told, once each, what of the configuration or the server a person should mend
 */
export function openModel(
  { ollama, openai }: Pick<Config, 'ollama' | 'openai'>,
  warn: (message: string) => void = () => {},
): ReasoningModel | undefined {
  if (ollama !== undefined) return ollamaModel(ollama, warn);
  return openai === undefined ? undefined : openaiModel(openai, warn);
}
