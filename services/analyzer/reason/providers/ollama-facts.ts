import type { Ollama } from 'ollama';
import { z } from 'zod';

/** What the server tells of a model. */
export interface ModelFacts {
  /** The longest context that the model was made for, in tokens; undefined where the server does not say. */
  readonly contextLimit: number | undefined;
  /** Undefined where the server is too old to say. */
  readonly thinks: boolean | undefined;
  readonly digest: string | undefined;
}

/** `model_info` names its figures by architecture: `qwen3.context_length`. */
const Shown = z.object({
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
  capabilities: z.array(z.string()).optional().catch(undefined),
});
const Tags = z.object({
  models: z.array(z.object({ name: z.string(), digest: z.string().optional().catch(undefined) })),
});

/** Asks `/api/show` and `/api/tags`. @throws as the client does, also where there is no such model */
export async function readFacts(client: Ollama, model: string): Promise<ModelFacts> {
  const [shown, tags] = await Promise.all([client.show({ model }), client.list()]);
  const { model_info = {}, capabilities } = Shown.parse(shown);
  const limits = Object.entries(model_info)
    .filter(([name]) => name.endsWith('.context_length'))
    .map(([, value]) => value)
    .filter((value) => typeof value === 'number' && value > 0);
  // Without a tag a name means its `latest`.
  const names = model.includes(':') ? [model] : [model, `${model}:latest`];
  const known = Tags.safeParse(tags).data?.models ?? [];
  return {
    contextLimit: limits.length === 0 ? undefined : Math.min(...limits.map(Number)),
    thinks: capabilities?.includes('thinking'),
    digest: known.find(({ name }) => names.includes(name))?.digest,
  };
}
