import { z } from 'zod';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { whyNoAnswer } from '#shared/errors/index.ts';

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });
const patienceMs = 5_000;

/** Whether an OpenAI-compatible server answers, takes the key, and lists the model; not every server lists any. */
export async function openaiHealth(openai: NonNullable<Config['openai']>): Promise<DependencyHealth> {
  const { url, model, apiKey } = openai;
  const name = 'openai';
  const byRulesAlone = 'until then findings are made by rules alone';
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/models`, {
      signal: AbortSignal.timeout(patienceMs),
      ...(apiKey !== undefined && { headers: { authorization: `Bearer ${apiKey}` } }),
    });
    if (response.status === 401 || response.status === 403)
      return {
        name,
        ok: false,
        detail: `${url} ${apiKey === undefined ? 'wants a key' : 'refuses the key'} (HTTP ${response.status})`,
        remedy: `set LOGPATROL_OPENAI_API_KEY; ${byRulesAlone}`,
      };
    if ([404, 405, 501].includes(response.status))
      return { name, ok: true, detail: `${url} answers; it does not list its models` };
    if (!response.ok) throw new Error(`/models answered HTTP ${response.status}`);
    const ids = Models.parse(await response.json()).data.map(({ id }) => id);
    if (ids.includes(model)) return { name, ok: true, detail: `has the model ${model}` };
    return {
      name,
      ok: false,
      detail: `does not list the model ${model}`,
      remedy: `set LOGPATROL_OPENAI_MODEL to one of: ${ids.slice(0, 10).join(', ')}`,
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? 'the answer is no list of models' : whyNoAnswer(error);
    return {
      name,
      ok: false,
      detail: `no useful answer from ${url}: ${why}`,
      remedy: `start it, or mend LOGPATROL_OPENAI_URL (up to and with /v1); ${byRulesAlone}`,
    };
  }
}
