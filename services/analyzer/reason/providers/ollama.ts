import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { messageOf, whyNoAnswer } from '#shared/errors/index.ts';
import type { Absent, Failed, ModelReply, ModelRequest, ReasoningModel } from '../model.ts';
import { patientDispatcher } from './http.ts';
import { BrokenStream, ollamaClient, readChat, type Said, statusOf } from './ollama-client.ts';
import { type ModelFacts, readFacts } from './ollama-facts.ts';
import { retrying } from './retrying.ts';

type OllamaConfig = NonNullable<Config['ollama']>;

/** How long the server keeps the model in memory after a call: a load can take minutes, incidents come in groups. */
export const keepAlive = '30m';
/** A first load from a slow disk, at the longest. */
const loadMs = 20 * 60_000;
/** A call whose load took longer than this found the model not in memory: it may be another one by now. In nanoseconds. */
const loadedAnewNs = 1e9;
/** Tokens that are left free when a thinking model is given all of the window that its prompt leaves. */
const spareTokens = 16;

/** The figures in the line that ends an answer. */
const End = z.object({
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().int().nonnegative().catch(0),
  eval_count: z.number().int().nonnegative().catch(0),
  load_duration: z.number().catch(0),
});

/**
 * A model behind Ollama's native chat API. The context window is set with every call, for the server's default is small, and
 * the server is told to refuse what does not fit rather than to cut it silently. The answer is streamed, so that no proxy
 * on the way takes a slow one for dead.
 *
 * @param warn told once where the configured context is more than the model has
 */
export function ollamaModel(
  config: OllamaConfig,
  warn: (message: string) => void = () => {},
): ReasoningModel {
  return new OllamaModel(config, warn);
}

class OllamaModel implements ReasoningModel {
  readonly #config: OllamaConfig;
  readonly #warn: (message: string) => void;
  readonly #dispatcher: Dispatcher = patientDispatcher();
  #facts: ModelFacts | undefined;
  #hasWarned = false;
  /** It has refused the parameter `think`, whatever it says it is capable of. */
  #refusesThink = false;
  /** It thinks although it was told not to, and must be given room for it. */
  #thinksAnyway = false;
  /** The most tokens that a character of a prompt has cost so far. */
  #tokensPerCharacter = 0;

  constructor(config: OllamaConfig, warn: (message: string) => void) {
    this.#config = config;
    this.#warn = warn;
  }

  get name(): string {
    return this.#config.model;
  }

  get digest(): string | undefined {
    return this.#facts?.digest;
  }

  get contextTokens(): number {
    return Math.min(this.#config.contextTokens, this.#facts?.contextLimit ?? Number.POSITIVE_INFINITY);
  }

  async prepare(signal: AbortSignal): Promise<{ kind: 'ready' } | Absent | Failed> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(loadMs)]);
    try {
      await this.#learn(limited);
      const load = () =>
        ollamaClient(this.#config.url, this.#dispatcher, limited).chat({
          model: this.name,
          messages: [],
          keep_alive: keepAlive,
          // Another window than that of the questions would have it loaded once more.
          options: { num_ctx: this.contextTokens },
        });
      await retrying(load, againAfter, limited);
      return { kind: 'ready' };
    } catch (error) {
      return this.#failure(error, signal, limited, loadMs / 1000);
    }
  }

  async complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    const { timeoutSeconds } = this.#config;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    try {
      if (this.#facts === undefined) await this.#learn(limited);
      return await this.#answer(request, limited);
    } catch (error) {
      const isTooLong = statusOf(error) === 400 && /exceeds? the.*context/i.test(messageOf(error));
      return isTooLong ? { kind: 'too-long' } : this.#failure(error, signal, limited, timeoutSeconds);
    }
  }

  async #answer(request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    const characters = request.system.length + request.prompt.length;
    const room = this.#roomFor(characters, request.maxOutputTokens);
    let said = await this.#ask(request, room, signal);
    let end = End.parse(said.end);
    this.#tokensPerCharacter = Math.max(this.#tokensPerCharacter, end.prompt_eval_count / characters);
    if (end.done_reason === 'length' && isAllThinking(said) && !this.#thinksAnyway) {
      this.#thinksAnyway = true;
      const more = this.#roomFor(characters, request.maxOutputTokens);
      if (more > room) {
        said = await this.#ask(request, more, signal);
        end = End.parse(said.end);
      }
    }
    if (end.load_duration > loadedAnewNs) await this.#learn(signal);
    const { prompt_eval_count: promptTokens, eval_count: outputTokens } = end;
    // Servers from before `truncate` cut the prompt all the same.
    if (promptTokens >= this.contextTokens) return { kind: 'too-long' };
    if (end.done_reason === 'length') return { kind: 'cut', promptTokens, outputTokens };
    const { digest } = this;
    return {
      kind: 'text',
      text: said.content,
      model: this.name,
      ...(digest !== undefined && { digest }),
      promptTokens,
      outputTokens,
    };
  }

  /** Tokens that it may write: what was asked for, or all that the prompt leaves of the window to one that thinks anyway. */
  #roomFor(promptCharacters: number, wanted: number): number {
    if (!this.#thinksAnyway) return wanted;
    const prompt = Math.ceil(promptCharacters * this.#tokensPerCharacter);
    return Math.max(wanted, this.contextTokens - prompt - spareTokens);
  }

  #ask(request: ModelRequest, outputTokens: number, signal: AbortSignal): Promise<Said> {
    const ask = async (): Promise<Said> => {
      const client = ollamaClient(this.#config.url, this.#dispatcher, signal);
      const body = {
        model: this.name,
        messages: [
          { role: 'system', content: request.system },
          { role: 'user', content: request.prompt },
        ],
        stream: true as const,
        format: request.schema,
        keep_alive: keepAlive,
        // Thinking would use up the answer's budget, and some models put it into the content.
        ...(this.#facts?.thinks !== false && !this.#refusesThink && { think: false }),
        // Not among the package's types yet.
        truncate: false,
        options: { num_ctx: this.contextTokens, num_predict: outputTokens, temperature: 0 },
      };
      return readChat(await client.chat(body), signal);
    };
    const again = (error: unknown) => {
      const refusesThink = statusOf(error) === 400 && /\bthink/i.test(messageOf(error));
      if (!refusesThink || this.#refusesThink) return againAfter(error);
      this.#refusesThink = true;
      return { kind: 'busy', afterMs: 0 } as const;
    };
    return retrying(ask, again, signal);
  }

  async #learn(signal: AbortSignal): Promise<void> {
    const { contextTokens, model } = this.#config;
    const client = ollamaClient(this.#config.url, this.#dispatcher, signal);
    this.#facts = await retrying(() => readFacts(client, model), againAfter, signal);
    const { contextLimit } = this.#facts;
    if (contextLimit === undefined || contextLimit >= contextTokens || this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(
      `ollama.contextTokens is ${contextTokens}, but ${model} has no more than ${contextLimit}: that is used; lower the setting`,
    );
  }

  #failure(error: unknown, signal: AbortSignal, limited: AbortSignal, seconds: number): Absent | Failed {
    const { model, url } = this.#config;
    if (signal.aborted) return { kind: 'failed', reason: 'given up before it was answered' };
    if (limited.aborted) return { kind: 'failed', reason: `no answer within ${seconds} s` };
    const status = statusOf(error);
    const reason = messageOf(error);
    if (error instanceof BrokenStream) return { kind: 'failed', reason };
    if (status === undefined)
      return { kind: 'absent', reason: `${url} does not answer: ${whyNoAnswer(error)}` };
    if (status === 404) {
      this.#facts = undefined;
      return { kind: 'absent', isPermanent: true, reason: `${reason} (ollama pull ${model})` };
    }
    if ([502, 503, 504].includes(status)) return { kind: 'absent', reason: `${status} ${reason}` };
    return { kind: 'failed', reason: `${status} ${reason}` };
  }
}

/** A full queue passes, and a runner that died is started anew by the next request. */
function againAfter(error: unknown) {
  const status = statusOf(error);
  if (status === 503) return { kind: 'busy' } as const;
  return error instanceof BrokenStream || status === 500
    ? ({ kind: 'once' } as const)
    : ({ kind: 'never' } as const);
}

/** Nothing was said but thoughts, in their own field or in tags that some models write into the content. */
function isAllThinking({ content, thinking }: Said): boolean {
  const isOpen = content.includes('<think>') && !content.includes('</think>');
  return isOpen || (thinking !== '' && content.trim() === '');
}
