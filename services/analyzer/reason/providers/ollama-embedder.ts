import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf, whyNoAnswer } from '#shared/errors/index.ts';
import type { Embedder } from '#shared/runbooks/port.ts';
import { createMask } from '#shared/text/masking/index.ts';
import { patientDispatcher } from './http.ts';
import { keepAlive } from './ollama.ts';
import { ollamaClient, statusOf } from './ollama-client.ts';
import { retrying } from './retrying.ts';

/** Texts of one request: a server embeds them one after the other, and an aborted request loses all of its own. */
const batchTexts = 32;
/** A batch, with the load of the model before it. */
const batchMs = 120_000;
/** What a vector's length may differ from 1. */
const lengthTolerance = 0.01;

const Embedded = z.object({ embeddings: z.array(z.array(z.number()).min(1)) });

/**
 * Embeddings by Ollama's `/api/embed`; undefined where no model is configured for them. Texts are masked here, whosever they
 * are: runbooks are looked for with log lines, and it is here that those leave the process.
 */
export function ollamaEmbedder({
  ollama,
  masking,
}: Pick<Config, 'ollama' | 'masking'>): Embedder | undefined {
  if (ollama?.embeddingModel === undefined) return undefined;
  const { url, embeddingModel: model } = ollama;
  const mask = createMask(masking);
  const dispatcher = patientDispatcher();
  let dimension: number | undefined;

  async function embedBatch(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(batchMs)]);
    const ask = () =>
      ollamaClient(url, dispatcher, limited).embed({
        model,
        // An empty text has no vector; the server would leave it out, and the rest would slip.
        input: texts.map((text) => (text.trim() === '' ? ' .' : mask(text))),
        truncate: true,
        keep_alive: keepAlive,
      });
    const answer = await retrying(
      ask,
      (error) => {
        const status = statusOf(error);
        return { kind: status === 503 ? 'busy' : status === 500 ? 'once' : 'never' };
      },
      limited,
    );
    const { embeddings } = Embedded.parse(answer);
    if (embeddings.length !== texts.length)
      throw new Error(`${texts.length} texts were given and ${embeddings.length} vectors came back`);
    return embeddings.map((vector) => checked(vector));
  }

  function checked(vector: number[]): number[] {
    dimension ??= vector.length;
    if (vector.length !== dimension)
      throw new Error(`a vector has ${vector.length} numbers, those before it had ${dimension}`);
    const length = Math.hypot(...vector);
    if (!(length > 0)) throw new Error('a vector has no length');
    // Servers before 0.1.48, and some models, do not normalise.
    return Math.abs(length - 1) <= lengthTolerance ? vector : vector.map((part) => part / length);
  }

  return {
    id: model,
    async embed(texts, signal) {
      const vectors: number[][] = [];
      try {
        for (let at = 0; at < texts.length; at += batchTexts)
          vectors.push(...(await embedBatch(texts.slice(at, at + batchTexts), signal)));
      } catch (error) {
        signal.throwIfAborted();
        throw new LogpatrolError('unreachable', `embeddings by ${model}: ${whyNot(error, model)}`, {
          cause: error,
        });
      }
      return vectors;
    },
  };
}

function whyNot(error: unknown, model: string): string {
  if (error instanceof z.ZodError) return 'the answer is not one of /api/embed';
  if (statusOf(error) === 404) return `${messageOf(error)} (ollama pull ${model})`;
  return error instanceof TypeError ? whyNoAnswer(error) : messageOf(error);
}
