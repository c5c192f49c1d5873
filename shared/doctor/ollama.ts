import { z } from 'zod';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';

const Version = z.object({ version: z.string() });
const Tags = z.object({ models: z.array(z.object({ name: z.string() })) });
const patienceMs = 5_000;

/** Whether Ollama answers, and has the model that the configuration names. `model` means `model:latest` to Ollama. */
export async function ollamaHealth(ollama: NonNullable<Config['ollama']>): Promise<DependencyHealth> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, ollama.url), { signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) throw new Error(`${path} answered HTTP ${response.status}`);
    return response.json();
  };
  try {
    const { version } = Version.parse(await get('/api/version'));
    const names = Tags.parse(await get('/api/tags')).models.map((model) => model.name);
    const wanted = [ollama.model, ollama.embeddingModel].filter((model) => model !== undefined);
    const missing = wanted.filter((model) => !names.includes(model) && !names.includes(`${model}:latest`));
    const [first] = missing;
    if (first === undefined)
      return { name: 'ollama', ok: true, version, detail: `has the model ${wanted.join(' and ')}` };
    const setting = first === ollama.model ? 'LOGPATROL_OLLAMA_MODEL' : 'ollama.embeddingModel';
    return {
      name: 'ollama',
      ok: false,
      version,
      detail: `does not have the model ${missing.join(' and ')}`,
      remedy: `run \`ollama pull ${first}\` on its machine, or set ${setting}`,
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? 'the answer is not one of Ollama' : whyNoAnswer(error);
    return {
      name: 'ollama',
      ok: false,
      detail: `no useful answer from ${new URL(ollama.url).origin}: ${why}`,
      remedy:
        'start it with `ollama serve`, or mend LOGPATROL_OLLAMA_URL; until then findings are made by rules alone',
    };
  }
}
